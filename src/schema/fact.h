/*
 * One line of a snapshot taken apart: KIND NAME ATTRIBUTES. The name ends at the first blank that
 * is neither in double quotes nor in brackets, so `function public.f(integer, "a b")` has one.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct fact {
    const char *kind; /* these three point into the line */
    size_t kind_length;
    const char *name;
    size_t name_length;
    const char *attributes; /* "" when there are none */
};

/* False if the line has no kind and name. */
bool fact_parse(struct fact *f, const char *line);

/* Whether it is a table, or another relation that takes all that belongs to it with it. */
bool fact_is_relation(const struct fact *f);

/* Whether it tells of an object itself, and not of its comment, its owner or a grant on it. */
bool fact_is_object(const struct fact *f);

bool fact_has_kind(const struct fact *f, const char *kind);

/*
 * Whether both tell of the same property of the same object, so that one is the other's new value.
 * A comment or an owner tells of one of several objects of its name; a grant stands for itself.
 */
bool fact_same_subject(const struct fact *a, const struct fact *b);

/*
 * Whether `f` goes when the object that `object` tells of goes: its name is the object's, a dot
 * and more, or it is a comment, a grant … on the object itself.
 */
bool fact_belongs_to(const struct fact *f, const struct fact *object);
