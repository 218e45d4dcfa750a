/*
 * Where the messages of the wire protocol begin and end (PostgreSQL manual, 55.2 "Message Flow"
 * and 55.7 "Message Formats"): a type byte, four bytes of length that count themselves, a body.
 * A startup packet has no type byte.
 *
 * The bytes come from outside and are not trusted: whatever they say, no more than FRAME_KEPT
 * bytes of a message are kept.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

enum {
    FRAME_KEPT = 64 << 10,         /* bytes of a body that are kept */
    FRAME_LONGEST = 1 << 30,       /* bytes of a body; the server takes no longer one either */
    FRAME_LONGEST_UNTYPED = 10000, /* of a startup packet, as the server has it */
};

enum frame_progress {
    FRAME_PARTIAL, /* all bytes are used, the message goes on */
    FRAME_WHOLE,   /* the message is whole; the next call begins the next one */
    FRAME_BROKEN,  /* this is not the protocol; nothing more can be read */
};

/* Zero-initialised it is at the start of a message with a type. */
struct frame {
    bool untyped; /* to be set between messages: the next one has no type byte */
    bool whole;   /* the last one is, and is still in here */
    bool broken;
    unsigned char head[5];
    size_t head_length; /* bytes of the head that are there; 0: between messages */
    char type;          /* valid once head_length > 0; 0 if untyped */
    size_t length;      /* of the body; valid once the head is whole */
    size_t seen;        /* of the body */
    struct text kept;   /* the start of the body; nothing of rows and COPY data */
};

/* Reads at most to the end of one message; `*used` is how many of the bytes belong to it. */
enum frame_progress frame_read(struct frame *f, const char *bytes, size_t length, size_t *used);

/* Whether the next byte begins a message. */
bool frame_is_between(const struct frame *f);

void frame_release(struct frame *f);
