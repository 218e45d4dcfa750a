#include "plugins/plugin_file.h"

#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/regular_file.h"
#include "base/text.h"

/* The beginning of a shared library, in either width. */
struct header {
    union {
        Elf32_Ehdr narrow;
        Elf64_Ehdr wide;
    } elf;
    uint64_t file_size;
};

/* errno is 0 where it could be read and is something else. */
static bool read_header(const char *path, struct header *h)
{
    struct stat status;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    bool opened = fd >= 0 && fstat(fd, &status) == 0;
    bool regular = opened && S_ISREG(status.st_mode);
    ssize_t length = regular ? read(fd, &h->elf, sizeof h->elf) : -1;
    int saved = !opened ? errno : regular ? 0 : S_ISDIR(status.st_mode) ? EISDIR : EINVAL;
    if (fd >= 0)
        close(fd);
    errno = saved;
    h->file_size = regular ? (uint64_t)status.st_size : 0;
    return length == (ssize_t)sizeof h->elf && memcmp(h->elf.narrow.e_ident, ELFMAG, SELFMAG) == 0;
}

static bool is_like(const struct header *h, const struct header *own)
{
    const Elf32_Ehdr *a = &h->elf.narrow, *b = &own->elf.narrow; /* the same in both widths */
    return a->e_ident[EI_CLASS] == b->e_ident[EI_CLASS] &&
           a->e_ident[EI_DATA] == b->e_ident[EI_DATA] && a->e_machine == b->e_machine;
}

/* The table of sections comes last: without it a part is missing, and loading would be a crash. */
static bool is_whole(const struct header *h)
{
    const Elf32_Ehdr *narrow = &h->elf.narrow;
    const Elf64_Ehdr *wide = &h->elf.wide;
    uint64_t end = narrow->e_ident[EI_CLASS] == ELFCLASS64
                       ? wide->e_shoff + (uint64_t)wide->e_shnum * wide->e_shentsize
                       : narrow->e_shoff + (uint64_t)narrow->e_shnum * narrow->e_shentsize;
    return end <= h->file_size;
}

/* dlopen() would say some of it, in words that name neither our program nor what to do. */
static bool check_header(const char *path, struct error *e)
{
    struct header h, own;
    if (!read_header(path, &h))
        return error_set(e, file_error_kind(errno), "%s: %s", path,
                         errno == EINVAL ? "not a regular file"
                         : errno         ? strerror(errno)
                                         : "not a shared library");
    if (h.elf.narrow.e_type != ET_DYN)
        return error_set(e, ERROR_USAGE, "%s: not a shared library; link it with -shared", path);
    if (read_header("/proc/self/exe", &own) && !is_like(&h, &own))
        return error_set(e, ERROR_USAGE, "%s: built for another kind of machine than this one",
                         path);
    return is_whole(&h) || error_set(e, ERROR_USAGE, "%s: the file is cut short", path);
}

/* Its message repeats the path. */
static bool not_loaded(const char *path, const char *whole, struct error *e)
{
    const char *said = dlerror();
    size_t length = strlen(whole);
    if (said && strncmp(said, whole, length) == 0 && said[length] == ':')
        said += length + 2;
    char *line = text_one_line(said ? said : "cannot be loaded");
    error_set(e, ERROR_USAGE, "%s: %s%s", path, line,
              strstr(line, "undefined symbol: pgr_") ? "; built for a later pgrehearse" : "");
    free(line);
    return false;
}

/* ISO C has no way from an object pointer to a function; POSIX asks for this one (dlsym(3)). */
static bool take_offer(struct plugin_file *f, const char *path, struct error *e)
{
    const struct pgr_plugin *(*entry)(void);
    *(void **)&entry = dlsym(f->handle, "pgr_plugin");
    if (!entry)
        return error_set(e, ERROR_USAGE, "%s: not a plugin: it has no function pgr_plugin()", path);
    f->offer = entry();
    return f->offer || error_set(e, ERROR_USAGE, "%s: pgr_plugin() returned NULL", path);
}

static bool check_version(const struct pgr_plugin *p, const char *path, struct error *e)
{
    if (p->abi != PGR_PLUGIN_ABI)
        return error_set(e, ERROR_USAGE,
                         "%s: built for version %u of the plugin interface; pgrehearse %s has "
                         "version %u; build it again with this one's headers",
                         path, p->abi, PGREHEARSE_VERSION, PGR_PLUGIN_ABI);
    return p->size == sizeof *p ||
           error_set(e, ERROR_USAGE, "%s: its struct pgr_plugin has %u bytes, expected %zu", path,
                     p->size, sizeof *p);
}

bool plugin_file_open(struct plugin_file *f, const char *path, struct error *e)
{
    *f = (struct plugin_file){0};
    if (!check_header(path, e))
        return false;
    char *whole = realpath(path, NULL); /* a bare name would be looked for elsewhere */
    f->handle = whole ? dlopen(whole, RTLD_NOW | RTLD_LOCAL) : NULL;
    bool good = f->handle ? take_offer(f, path, e) && check_version(f->offer, path, e)
                          : not_loaded(path, whole ? whole : path, e);
    if (!good)
        plugin_file_close(f);
    free(whole);
    return good;
}

void plugin_file_close(struct plugin_file *f)
{
    if (f->handle)
        dlclose(f->handle);
    *f = (struct plugin_file){0};
}
