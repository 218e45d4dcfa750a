#include "migrator/preload_request.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/text.h"

union control {
    struct cmsghdr head;
    char bytes[CMSG_SPACE(PRELOAD_FILES * sizeof(int))];
};

struct reader {
    const char *at, *end;
};

static void put_string(struct text *t, const char *string)
{
    text_append_bytes(t, string, strlen(string) + 1);
}

static void put_number(struct text *t, size_t number)
{
    text_append_bytes(t, &number, sizeof number);
}

static void put_list(struct text *t, char *const *list)
{
    size_t count = 0;
    while (list && list[count])
        count++;
    put_number(t, count);
    for (size_t i = 0; i < count; i++)
        put_string(t, list[i]);
}

static void put_confinement(struct text *t, const struct confinement *c)
{
    put_number(t, c->forwards);
    text_append_bytes(t, &c->server, sizeof c->server);
    put_number(t, c->server_length);
    put_number(t, c->uid);
    put_number(t, c->gid);
    put_list(t, c->covered);
}

static bool send_files(int channel, size_t length, const int *files)
{
    union control control = {0};
    struct iovec part = {&length, sizeof length};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = sizeof control.bytes};
    control.head = (struct cmsghdr){.cmsg_len = CMSG_LEN(PRELOAD_FILES * sizeof(int)),
                                    .cmsg_level = SOL_SOCKET,
                                    .cmsg_type = SCM_RIGHTS};
    memcpy(CMSG_DATA(&control.head), files, PRELOAD_FILES * sizeof *files);
    ssize_t sent;
    while ((sent = sendmsg(channel, &message, MSG_NOSIGNAL)) < 0 && errno == EINTR)
        ;
    return sent == (ssize_t)sizeof length;
}

static bool send_bytes(int channel, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t sent = send(channel, bytes, length, MSG_NOSIGNAL);
        if (sent < 0 && errno != EINTR)
            return false;
        bytes += sent > 0 ? sent : 0;
        length -= sent > 0 ? (size_t)sent : 0;
    }
    return true;
}

bool preload_request_send(int channel, const struct preload_request *r, const int *files)
{
    struct text t = {0};
    put_string(&t, r->directory);
    put_list(&t, r->arguments);
    put_list(&t, r->variables);
    put_number(&t, r->confined);
    put_confinement(&t, &r->confinement);
    bool good = send_files(channel, t.length, files) && send_bytes(channel, t.data, t.length);
    text_release(&t);
    return good;
}

static size_t get_number(struct reader *r)
{
    size_t number = 0;
    if ((size_t)(r->end - r->at) >= sizeof number) {
        memcpy(&number, r->at, sizeof number);
        r->at += sizeof number;
    }
    return number;
}

static char *get_string(struct reader *r)
{
    char *string = memory_copy_of(r->at < r->end ? r->at : "");
    r->at += r->at < r->end ? strlen(string) + 1 : 0;
    return string;
}

static char **get_list(struct reader *r)
{
    char **list = NULL;
    size_t count = 0;
    for (size_t left = get_number(r); left > 0; left--)
        *(char **)memory_append(&list, &count, sizeof *list) = get_string(r);
    *(char **)memory_append(&list, &count, sizeof *list) = NULL;
    return list;
}

static void get_confinement(struct reader *r, struct confinement *c)
{
    c->forwards = get_number(r);
    if ((size_t)(r->end - r->at) >= sizeof c->server) {
        memcpy(&c->server, r->at, sizeof c->server);
        r->at += sizeof c->server;
    }
    c->server_length = (socklen_t)get_number(r);
    c->uid = (unsigned)get_number(r);
    c->gid = (unsigned)get_number(r);
    c->covered = get_list(r);
}

static bool receive_files(int channel, size_t *length, int *files)
{
    union control control = {0};
    struct iovec part = {length, sizeof *length};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = sizeof control.bytes};
    ssize_t got;
    while ((got = recvmsg(channel, &message, MSG_CMSG_CLOEXEC | MSG_WAITALL)) < 0 && errno == EINTR)
        ;
    const struct cmsghdr *head = CMSG_FIRSTHDR(&message);
    if (got != (ssize_t)sizeof *length || !head ||
        head->cmsg_len != CMSG_LEN(PRELOAD_FILES * sizeof(int)))
        return false;
    memcpy(files, CMSG_DATA(head), PRELOAD_FILES * sizeof *files);
    return true;
}

static bool receive_bytes(int channel, char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t got = recv(channel, bytes, length, 0);
        if (got == 0 || (got < 0 && errno != EINTR))
            return false;
        bytes += got > 0 ? got : 0;
        length -= got > 0 ? (size_t)got : 0;
    }
    return true;
}

bool preload_request_receive(int channel, struct preload_request *r, int *files)
{
    size_t length = 0;
    *r = (struct preload_request){0};
    if (!receive_files(channel, &length, files))
        return false;
    char *bytes = memory_zeroed(length + 1, 1);
    bool good = receive_bytes(channel, bytes, length);
    struct reader reader = {bytes, bytes + length};
    if (good) {
        r->directory = get_string(&reader);
        r->arguments = get_list(&reader);
        r->variables = get_list(&reader);
        r->confined = get_number(&reader);
        get_confinement(&reader, &r->confinement);
    }
    free(bytes);
    return good;
}

void preload_request_release(struct preload_request *r)
{
    free(r->directory);
    memory_free_strings(r->arguments);
    memory_free_strings(r->variables);
    confinement_release(&r->confinement);
    *r = (struct preload_request){0};
}
