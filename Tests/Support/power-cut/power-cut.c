/* Preloaded into a process that writes an SQLite file, this keeps what a power cut at each moment would leave.
 *
 * At the n-th fsync or fdatasync of the file or its WAL, under $POWER_CUT_DIRECTORY/n:
 *   before/  every file as it is just before: all that was written reached the disk, in spite of the cut
 *   after/   each file as it was when it was last synchronized, this one included: nothing else reached the disk
 *   replies  how long $POWER_CUT_REPLIES, where the process acknowledges, was just before
 *
 * While $POWER_CUT_FULL exists, nothing can be written to the files: the disk is full.
 *
 * While $POWER_CUT_READONLY exists, the file system is read-only.
 *
 * While $POWER_CUT_UNSYNCED exists, what was written to the WAL cannot be synchronized: it is in the system's cache, and
 * nobody knows whether it will be on the disk.
 *
 * With $POWER_CUT_USER the process may do to files what that user may, even where it is root's.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const suffixes[] = {"", "-wal", "-shm"};
static int count = 0;

__attribute__((constructor)) static void take_user(void) {
    const char *user = getenv("POWER_CUT_USER");
    if (user) setfsuid((uid_t)atoi(user));
}

/* The suffix of the state's file that a descriptor stands for, or NULL. */
static const char *suffix_of(int fd) {
    const char *database = getenv("POWER_CUT_FILE");
    char link[64], path[PATH_MAX];
    if (!database) return NULL;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return NULL;
    path[length] = 0;
    size_t prefix = strlen(database);
    if (strncmp(path, database, prefix)) return NULL;
    for (int i = 0; i < 3; i++)
        if (!strcmp(path + prefix, suffixes[i])) return suffixes[i];
    return NULL;
}

static void fail(const char *what) {
    perror(what);
    _exit(99);
}

static void copy(const char *from, const char *to) {
    int in = open(from, O_RDONLY | O_CLOEXEC);
    if (in < 0) {
        if (errno == ENOENT) return;
        fail(from);
    }
    int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (out < 0) fail(to);
    ssize_t length;
    while ((length = copy_file_range(in, NULL, out, NULL, 1 << 30, 0)) > 0) {}
    if (length < 0) fail(to);
    close(in);
    close(out);
}

static void name(char *path, int number, const char *phase, const char *suffix) {
    const char *directory = getenv("POWER_CUT_DIRECTORY");
    snprintf(path, PATH_MAX, "%s/%d%s%s%s%s", directory, number, phase ? "/" : "", phase ? phase : "",
             suffix ? "/state.sqlite" : "", suffix ? suffix : "");
}

static int synchronize(int fd, int (*real)(int)) {
    const char *synced = suffix_of(fd);
    const char *unsynced = getenv("POWER_CUT_UNSYNCED");
    if (synced && unsynced && !strcmp(synced, "-wal") && !access(unsynced, F_OK)) {
        errno = EIO;
        return -1;
    }
    if (!synced || !getenv("POWER_CUT_DIRECTORY")) return real(fd);
    char from[PATH_MAX], to[PATH_MAX];
    int number = ++count;
    name(to, number, NULL, NULL);
    mkdir(to, 0700);
    name(to, number, "before", NULL);
    mkdir(to, 0700);
    name(to, number, "after", NULL);
    mkdir(to, 0700);
    struct stat replies;
    if (stat(getenv("POWER_CUT_REPLIES"), &replies)) fail("replies");
    name(to, number, "replies", NULL);
    FILE *file = fopen(to, "w");
    fprintf(file, "%lld", (long long)replies.st_size);
    fclose(file);
    for (int i = 0; i < 3; i++) {
        snprintf(from, sizeof from, "%s%s", getenv("POWER_CUT_FILE"), suffixes[i]);
        name(to, number, "before", suffixes[i]);
        copy(from, to);
    }
    int result = real(fd);
    for (int i = 0; i < 3; i++) {
        name(to, number, "after", suffixes[i]);
        if (!strcmp(suffixes[i], synced) || i == 2) {
            snprintf(from, sizeof from, "%s%s", getenv("POWER_CUT_FILE"), suffixes[i]);
            copy(from, to);
        } else {
            name(from, number - 1, "after", suffixes[i]);
            copy(from, to);
        }
    }
    return result;
}

/* Whether the fault of a flag file is on, for what a power cut would find. */
static int is_on(const char *variable, int fd) {
    const char *flag = getenv(variable);
    const char *suffix = flag ? suffix_of(fd) : NULL;
    return suffix && strcmp(suffix, "-shm") && !access(flag, F_OK);
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

int fsync(int fd) { return synchronize(fd, REAL(fsync)); }
int fdatasync(int fd) { return synchronize(fd, REAL(fdatasync)); }

#define CHECK(fd)                                                                              \
    if (is_on("POWER_CUT_FULL", fd) || is_on("POWER_CUT_READONLY", fd)) {                      \
        errno = is_on("POWER_CUT_FULL", fd) ? ENOSPC : EROFS;                                  \
        return -1;                                                                             \
    }

ssize_t write(int fd, const void *bytes, size_t length) {
    CHECK(fd)
    return REAL(write)(fd, bytes, length);
}
ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset) {
    CHECK(fd)
    return REAL(pwrite)(fd, bytes, length, offset);
}
ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t offset) {
    CHECK(fd)
    return REAL(pwrite64)(fd, bytes, length, offset);
}
