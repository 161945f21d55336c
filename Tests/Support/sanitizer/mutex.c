/* Preloaded into a program that is built with the thread sanitizer, this tells it of what it cannot see: a Swift Mutex
 * that is contended is taken and given back inside of libswiftSynchronization, which is not built with it, so that
 * whatever the lock protects would be reported as a race.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>

#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"
#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context)) void *handle

static SWIFT void (*real_lock)(uint32_t thread, SELF);
static SWIFT void (*real_unlock)(SELF);
static void (*acquire)(void *);
static void (*release)(void *);

__attribute__((constructor)) static void find(void) {
    real_lock = (SWIFT void (*)(uint32_t, SELF))dlsym(RTLD_NEXT, LOCK);
    real_unlock = (SWIFT void (*)(SELF))dlsym(RTLD_NEXT, UNLOCK);
    acquire = (void (*)(void *))dlsym(RTLD_DEFAULT, "__tsan_acquire");
    release = (void (*)(void *))dlsym(RTLD_DEFAULT, "__tsan_release");
}

SWIFT void lock(uint32_t thread, SELF) __asm__(LOCK);
SWIFT void lock(uint32_t thread, SELF) {
    real_lock(thread, handle);
    if (acquire) acquire(handle);
}

SWIFT void unlock(SELF) __asm__(UNLOCK);
SWIFT void unlock(SELF) {
    if (release) release(handle);
    real_unlock(handle);
}
