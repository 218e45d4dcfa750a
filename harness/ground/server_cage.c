#include "ground/server_cage.h"

#include <fcntl.h>
#include <link.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/memory.h"

/* Since the fifth version of Linux's interface; headers of today's oldest systems lack the two. */
static const uint64_t refer = UINT64_C(1) << 13, truncation = UINT64_C(1) << 14;

static const uint64_t writing = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
                                LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR |
                                LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |
                                LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |
                                LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM;

static long version(void)
{
    return syscall(SYS_landlock_create_ruleset, NULL, (size_t)0, LANDLOCK_CREATE_RULESET_VERSION);
}

bool server_cage_is_there(void)
{
    return version() >= 1;
}

/* Our own dynamic linker is the server's, too. */
static int find_interpreter(struct dl_phdr_info *info, size_t size, void *found)
{
    (void)size;
    for (int i = 0; i < info->dlpi_phnum; i++)
        if (info->dlpi_phdr[i].p_type == PT_INTERP)
            *(const char **)found =
                (const char *)(uintptr_t)(info->dlpi_addr + info->dlpi_phdr[i].p_vaddr);
    return 1; /* the first is the program itself */
}

void server_cage_init(struct server_cage *c, const char *program, const char *folder,
                      const char *sockets)
{
    const char *interpreter = NULL;
    dl_iterate_phdr(find_interpreter, &interpreter);
    *c = (struct server_cage){
        .program = memory_copy_of(program),
        .interpreter = interpreter ? memory_copy_of(interpreter) : NULL,
        .folders = {memory_copy_of(folder), sockets ? memory_copy_of(sockets) : NULL}};
}

void server_cage_release(struct server_cage *c)
{
    free(c->program);
    free(c->interpreter);
    free(c->folders[0]);
    free(c->folders[1]);
    *c = (struct server_cage){0};
}

/* From here on in the child. */

static bool allow(int rules, const char *path, uint64_t access)
{
    if (!path)
        return true;
    struct landlock_path_beneath_attr rule = {.allowed_access = access,
                                              .parent_fd = open(path, O_PATH | O_CLOEXEC)};
    bool good = rule.parent_fd >= 0 &&
                syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
    if (rule.parent_fd >= 0)
        close(rule.parent_fd);
    return good;
}

bool server_cage_enter(const struct server_cage *c)
{
    long there = version();
    uint64_t writes = writing | (there >= 2 ? refer : 0) | (there >= 3 ? truncation : 0);
    struct landlock_ruleset_attr all = {.handled_access_fs = writes | LANDLOCK_ACCESS_FS_EXECUTE};
    int rules = (int)syscall(SYS_landlock_create_ruleset, &all, sizeof all.handled_access_fs, 0);
    bool good = rules >= 0 && allow(rules, c->program, LANDLOCK_ACCESS_FS_EXECUTE) &&
                allow(rules, c->interpreter, LANDLOCK_ACCESS_FS_EXECUTE) &&
                allow(rules, c->folders[0], writes) && allow(rules, c->folders[1], writes) &&
                allow(rules, "/dev/null", LANDLOCK_ACCESS_FS_WRITE_FILE) &&
                prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
                syscall(SYS_landlock_restrict_self, rules, 0) == 0;
    if (rules >= 0)
        close(rules);
    return good;
}
