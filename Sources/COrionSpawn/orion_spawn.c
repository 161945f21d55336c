#define _GNU_SOURCE
#include "COrionSpawn.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

// Numbers and structures of the kernel's interface that the headers of older distributions lack.
#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_clone3
#define SYS_clone3 435
#endif
#ifndef SYS_close_range
#define SYS_close_range 436
#endif
#ifndef P_PIDFD
#define P_PIDFD 3
#endif
#define ORION_CLONE_PIDFD 0x00001000ULL
#define ORION_CLONE_INTO_CGROUP 0x200000000ULL
#define ORION_PIDFD_SIGNAL_PROCESS_GROUP (1u << 2)
#define ORION_PIDFD_INFO_EXIT (1u << 3)

struct clone_request {
    uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls, set_tid, set_tid_size, cgroup;
};
// What kernels before cgroups could be joined at once (Linux 5.7) know of it.
#define CLONE_REQUEST_WITHOUT_CGROUP offsetof(struct clone_request, set_tid)

struct pidfd_info {
    uint64_t mask, cgroup;
    uint32_t pid, tgid, ppid, ruid, rgid, euid, egid, suid, sgid, fsuid, fsgid;
    int32_t exit_code;
};
#define ORION_PIDFD_GET_INFO _IOWR(0xFF, 11, struct pidfd_info)

// MARK: - In the child: only async-signal-safe calls, since it is a copy of one thread of a process with many.

static _Noreturn void fail(int gate, enum orion_step step) {
    struct orion_failure failure = {.step = step, .error = errno};
    (void)!send(gate, &failure, sizeof failure, MSG_NOSIGNAL);
    _exit(127);
}

static void close_span(unsigned first, unsigned last) {
    if (first > last || syscall(SYS_close_range, first, last, 0) == 0) return;
    struct rlimit files;
    unsigned end = getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < last ? (unsigned)files.rlim_cur : last;
    for (unsigned descriptor = first; descriptor < end; descriptor++) close((int)descriptor);
    if (end == last) close((int)last);
}

static void open_as(int target, const char *path, int flags, int gate, enum orion_step step) {
    int opened = open(path, flags, 0644);
    if (opened < 0) fail(gate, step);
    if (opened == target) return;
    if (dup2(opened, target) < 0) fail(gate, step);
    close(opened);
}

static void wait_for_release(int gate) {
    char released;
    ssize_t count;
    do count = read(gate, &released, 1);
    while (count < 0 && errno == EINTR);
    // End of file: the parent died or thought better of it before its record of us was on disk.
    if (count != 1) _exit(127);
}

// By the bare call: glibc's own leaves the signals alone that it keeps for itself (32, 33), and one of them may have come
// to us ignored.
static void reset_signals(void) {
    struct {
        void *handler;
        unsigned long flags;
        void *restorer;
        uint64_t mask;
    } standard = {.handler = NULL};
    for (int signal = 1; signal <= 64; signal++) syscall(SYS_rt_sigaction, signal, &standard, NULL, sizeof(uint64_t));
}

static _Noreturn void run(const struct orion_request *request, int gate) {
    // First of all: a copy of another child's gate, held here, would keep that child waiting for a dead parent.
    close_span(3, (unsigned)gate - 1);
    close_span((unsigned)gate + 1, ~0u);
    int session = setsid() < 0 ? errno : 0;
    reset_signals();
    // A parent that died before this has shut the gate.
    if (request->ends_with_parent) prctl(PR_SET_PDEATHSIG, SIGKILL);
    wait_for_release(gate);

    if (session != 0) {
        errno = session;
        fail(gate, ORION_STEP_SESSION);
    }
    for (size_t i = 0; i < request->limit_count; i++) {
        const struct orion_limit *limit = &request->limits[i];
        struct rlimit value = {.rlim_cur = limit->soft, .rlim_max = limit->hard};
        if (setrlimit(limit->resource, &value) != 0) fail(gate, ORION_STEP_LIMITS);
    }
    if (chdir(request->directory) != 0) fail(gate, ORION_STEP_DIRECTORY);
    open_as(STDIN_FILENO, "/dev/null", O_RDONLY, gate, ORION_STEP_STDIN);
    open_as(STDOUT_FILENO, request->stdout_path, O_WRONLY | O_APPEND | O_CREAT, gate, ORION_STEP_STDOUT);
    open_as(STDERR_FILENO, request->stderr_path, O_WRONLY | O_APPEND | O_CREAT, gate, ORION_STEP_STDERR);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execve(request->program, request->arguments, request->environment);
    fail(gate, ORION_STEP_EXEC);
}

// MARK: - In the parent

static void end_child(pid_t pid, int pidfd) {
    kill(pid, SIGKILL);
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {}
    if (pidfd >= 0) close(pidfd);
}

// Not vfork's shared memory: the parent has to go on, and write its ledger, while the child waits.
static pid_t fork_with_pidfd(int *pidfd) {
    struct clone_request request = {
        .flags = ORION_CLONE_PIDFD, .pidfd = (uint64_t)(uintptr_t)pidfd, .exit_signal = SIGCHLD};
    pid_t pid = (pid_t)syscall(SYS_clone3, &request, CLONE_REQUEST_WITHOUT_CGROUP);
    // Absent before Linux 5.3, and refused by the seccomp profiles of some container runtimes.
    if (pid >= 0 || (errno != ENOSYS && errno != EPERM && errno != EINVAL)) return pid;
    pid = fork();
    if (pid <= 0) return pid;
    *pidfd = orion_pidfd_open(pid);
    if (*pidfd >= 0) return pid;
    int error = errno;
    end_child(pid, -1);
    errno = error;
    return -1;
}

static int join_cgroup(int cgroup, pid_t pid) {
    int members = openat(cgroup, "cgroup.procs", O_WRONLY | O_CLOEXEC);
    if (members < 0) return errno;
    char line[16];
    int length = snprintf(line, sizeof line, "%d", pid);
    int error = write(members, line, (size_t)length) == length ? 0 : errno;
    close(members);
    return error;
}

// In the parent, `*step` tells what failed where this returns -1. Whichever way the child comes into its cgroup, it is
// there before it can be let through its gate.
static pid_t fork_into(int cgroup, int *pidfd, enum orion_step *step) {
    *step = ORION_STEP_FORK;
    if (cgroup < 0) return fork_with_pidfd(pidfd);
    struct clone_request request = {
        .flags = ORION_CLONE_PIDFD | ORION_CLONE_INTO_CGROUP,
        .pidfd = (uint64_t)(uintptr_t)pidfd,
        .exit_signal = SIGCHLD,
        .cgroup = (uint64_t)cgroup};
    pid_t pid = (pid_t)syscall(SYS_clone3, &request, sizeof request);
    // E2BIG: a kernel whose clone3 has no cgroup yet. Whatever else is wrong with the cgroup, the write tells again.
    if (pid >= 0 || errno == EAGAIN || errno == ENOMEM || errno == EMFILE || errno == ENFILE) return pid;
    pid = fork_with_pidfd(pidfd);
    if (pid <= 0) return pid;
    int error = join_cgroup(cgroup, pid);
    if (error == 0) return pid;
    end_child(pid, *pidfd);
    *step = ORION_STEP_CGROUP;
    errno = error;
    return -1;
}

// The child gives 0 to 2 another meaning, so that its end of the gate must lie above them.
static int above_standard(int descriptor) {
    if (descriptor > STDERR_FILENO) return descriptor;
    int moved = fcntl(descriptor, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    int error = errno;
    close(descriptor);
    errno = error;
    return moved;
}

static struct orion_failure spawn(const struct orion_request *request, struct orion_child *child) {
    int gate[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, gate) != 0)
        return (struct orion_failure){ORION_STEP_GATE, errno};
    gate[1] = above_standard(gate[1]);
    if (gate[1] < 0 || fcntl(gate[0], F_SETFL, O_NONBLOCK) != 0) {
        struct orion_failure failure = {ORION_STEP_GATE, errno};
        close(gate[0]);
        if (gate[1] >= 0) close(gate[1]);
        return failure;
    }

    // Until the child has put the default dispositions in place, our handlers must not run in it.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int pidfd = -1;
    enum orion_step step;
    pid_t pid = fork_into(request->cgroup, &pidfd, &step);
    if (pid == 0) run(request, gate[1]);
    int error = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);

    close(gate[1]);
    if (pid < 0) {
        close(gate[0]);
        return (struct orion_failure){step, error};
    }
    *child = (struct orion_child){.pid = pid, .pidfd = pidfd, .gate = gate[0]};
    return (struct orion_failure){ORION_STEP_NONE, 0};
}

// The kernel takes the thread that forked for the parent, and threads of a pool end when they have nothing to do. What is
// to end with the process is forked by one that stays.
struct errand {
    const struct orion_request *request;
    struct orion_child *child;
    struct orion_failure failure;
    bool is_done;
};

static pthread_mutex_t forker_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t forker_changed = PTHREAD_COND_INITIALIZER;
static struct errand *forker_errand;
static bool forker_runs;

static void *fork_for_others(void *nothing) {
    pthread_mutex_lock(&forker_lock);
    while (true) {
        while (forker_errand == NULL) pthread_cond_wait(&forker_changed, &forker_lock);
        forker_errand->failure = spawn(forker_errand->request, forker_errand->child);
        forker_errand->is_done = true;
        forker_errand = NULL;
        pthread_cond_broadcast(&forker_changed);
    }
    return nothing;
}

static int start_forker(void) {
    pthread_t thread;
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = pthread_create(&thread, NULL, fork_for_others, NULL);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (error == 0) pthread_detach(thread);
    return error;
}

struct orion_failure orion_spawn(const struct orion_request *request, struct orion_child *child) {
    if (!request->ends_with_parent) return spawn(request, child);
    struct errand errand = {.request = request, .child = child};
    pthread_mutex_lock(&forker_lock);
    int error = forker_runs ? 0 : start_forker();
    if (error == 0) {
        forker_runs = true;
        while (forker_errand != NULL) pthread_cond_wait(&forker_changed, &forker_lock);
        forker_errand = &errand;
        pthread_cond_broadcast(&forker_changed);
        while (!errand.is_done) pthread_cond_wait(&forker_changed, &forker_lock);
    } else {
        errand.failure = (struct orion_failure){ORION_STEP_FORK, error};
    }
    pthread_mutex_unlock(&forker_lock);
    return errand.failure;
}

int orion_pidfd_open(pid_t pid) {
    return (int)syscall(SYS_pidfd_open, pid, 0);
}

int orion_pidfd_signal(int pidfd, int signal, bool group) {
    unsigned flags = group ? ORION_PIDFD_SIGNAL_PROCESS_GROUP : 0;
    return syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, flags) == 0 ? 0 : errno;
}

bool orion_has_pidfd_group_signal(void) {
    // Flags are looked at before the descriptor: an unknown one is EINVAL.
    return orion_pidfd_signal(-1, 0, true) == EBADF;
}

enum orion_child_state orion_child_exit(int pidfd, bool reap, struct orion_exit *ended) {
    siginfo_t info = {.si_pid = 0};
    int outcome;
    do outcome = waitid(P_PIDFD, (id_t)pidfd, &info, WEXITED | WNOHANG | (reap ? 0 : WNOWAIT));
    while (outcome != 0 && errno == EINTR);
    if (outcome != 0) return ORION_CHILD_NOT_OURS;
    if (info.si_pid == 0) return ORION_CHILD_RUNS;
    ended->wait_status = info.si_code == CLD_EXITED ? (info.si_status & 0xff) << 8 : info.si_status & 0x7f;
    return ORION_CHILD_ENDED;
}

bool orion_pidfd_exit(int pidfd, struct orion_exit *ended) {
    struct pidfd_info info = {.mask = ORION_PIDFD_INFO_EXIT};
    if (ioctl(pidfd, ORION_PIDFD_GET_INFO, &info) != 0 || !(info.mask & ORION_PIDFD_INFO_EXIT)) return false;
    ended->wait_status = info.exit_code;
    return true;
}

int orion_free_range(int descriptor, int64_t offset, int64_t length) {
    return fallocate(descriptor, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, length) == 0 ? 0 : errno;
}

int orion_watch(int descriptor, bool changes) {
    int poll = epoll_create1(EPOLL_CLOEXEC);
    if (poll < 0) return -1;
    struct epoll_event event = {.events = changes ? EPOLLPRI : EPOLLIN};
    if (epoll_ctl(poll, EPOLL_CTL_ADD, descriptor, &event) == 0) return poll;
    int error = errno;
    close(poll);
    errno = error;
    return -1;
}

uint64_t orion_birth_nanoseconds(const char *path) {
    struct statx status;
    if (statx(AT_FDCWD, path, 0, STATX_BTIME, &status) != 0 || !(status.stx_mask & STATX_BTIME)) return 0;
    return (uint64_t)status.stx_btime.tv_sec * 1000000000 + status.stx_btime.tv_nsec;
}
