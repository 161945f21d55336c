/// What Swift cannot do: the steps between fork and exec, and the pidfd calls that glibc does not have yet.
#ifndef ORION_SPAWN_H
#define ORION_SPAWN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/// The step at which a child failed. The numbers travel through the gate, from the child to its parent.
enum orion_step {
    ORION_STEP_NONE = 0,
    ORION_STEP_GATE = 1,
    ORION_STEP_FORK = 2,
    ORION_STEP_SESSION = 3,
    ORION_STEP_LIMITS = 4,
    ORION_STEP_DIRECTORY = 5,
    ORION_STEP_STDIN = 6,
    ORION_STEP_STDOUT = 7,
    ORION_STEP_STDERR = 8,
    ORION_STEP_EXEC = 9,
    ORION_STEP_CGROUP = 10,
};

/// A failure: the step, and the errno of the call that failed in it.
struct orion_failure {
    int32_t step;
    int32_t error;
};

/// A resource limit to set in the child (`setrlimit`).
struct orion_limit {
    int resource;
    uint64_t soft;
    uint64_t hard;
};

/// What to run. Everything that needs memory or a search is done before the fork; the child only reads this.
struct orion_request {
    const char *program;
    char *const *arguments;
    char *const *environment;
    const char *directory;
    const char *stdout_path;
    const char *stderr_path;
    const struct orion_limit *limits;
    size_t limit_count;
    /// The open directory of the cgroup (version 2) that the child is to be born into, or -1 for that of its parent.
    int cgroup;
    /// Whether the child is killed when this process ends (`PR_SET_PDEATHSIG`).
    bool ends_with_parent;
};

/// A child that waits at its gate.
struct orion_child {
    pid_t pid;
    /// Becomes readable when the child ends. Close-on-exec.
    int pidfd;
    /// Our end of the gate, a stream socket: one byte lets the child exec, closing it ends the child. Then end of file
    /// means that exec succeeded, and a `struct orion_failure` that it did not. Close-on-exec, non-blocking.
    int gate;
};

/// Forks a child that waits at its gate. Where this fails, no child is left.
struct orion_failure orion_spawn(const struct orion_request *request, struct orion_child *child);

/// A pidfd of a running or unreaped process, or -1 with errno.
int orion_pidfd_open(pid_t pid);

/// Sends `signal` (0 only asks whether it could be sent) to a process, or to the process group that it leads or led.
/// 0, or the errno.
int orion_pidfd_signal(int pidfd, int signal, bool group);

/// Whether the kernel signals groups through a pidfd (since Linux 6.9).
bool orion_has_pidfd_group_signal(void);

/// How a process ended.
struct orion_exit {
    /// As `wait` gives it: WIFEXITED and the like apply.
    int wait_status;
};

/// What `orion_child_exit` found.
enum orion_child_state {
    ORION_CHILD_RUNS,
    ORION_CHILD_ENDED,
    ORION_CHILD_NOT_OURS,
};

/// How a child of ours ended; with `reap` its zombie is gone afterwards, without it stays and pins the process id.
enum orion_child_state orion_child_exit(int pidfd, bool reap, struct orion_exit *ended);

/// How a process that was not our child ended. True once it has been reaped by its parent, on Linux 6.15 and later.
bool orion_pidfd_exit(int pidfd, struct orion_exit *ended);

/// Frees `length` bytes of an open file from `offset` on: they read as zeros, and the file keeps its size. 0, or the errno.
int orion_free_range(int descriptor, int64_t offset, int64_t length);

/// A descriptor that becomes readable once another one is: once there is something to read, its end or a failure; or, for
/// `changes`, once an open file of the kernel that tells of changes (as `cgroup.events` does, by POLLPRI) has changed since
/// it was last read. It itself never hangs up. Or -1 with errno. Close-on-exec.
int orion_watch(int descriptor, bool changes);

/// When a file or directory was made, in nanoseconds since 1970; 0 where the file system does not keep it.
uint64_t orion_birth_nanoseconds(const char *path);

#endif
