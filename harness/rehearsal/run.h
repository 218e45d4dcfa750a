/*
 * What the scenarios of one run share: all of it is set before the first of them starts and only
 * read from then on, except for the record (each scenario writes to its own part) and the
 * observers.
 */
#pragma once
#include "ground/ground.h"
#include "record/event.h"
#include "record/record.h"
#include "rules/policy.h"

struct certification;
struct first_baseline;
struct fixture_store;
struct leg;

/* Scenarios that are left out for one reason, of whichever revisions. */
struct left_out_scenarios {
    char *text;            /* "rollback, round-trip: 0003 has no way back" */
    char *scenarios, *why; /* of which it is made */
    char *revisions;       /* the first few; NULL: the reason names none */
    size_t revision_count;
    const char *last; /* the newest of them */
};

struct run {
    struct ground ground;
    size_t
        leg; /* of a range of revisions, from 1: which of them is rehearsed; 0: there is no range */
    const struct first_baseline *first; /* of a project: how its first baseline came about */
    struct leg *legs;                   /* the steps that are rehearsed, one after the other */
    size_t leg_count;
    struct fixture_store *fixtures; /* of the leg: the rows that its suite declares */
    struct rule_policy policy;      /* what suite and migrations say of the rules */
    bool strict;                    /* warnings of rules are findings */
    bool require_approved;          /* of a project: a revision that nobody approved is a finding */
    bool approve; /* write the delta found as the approved one, instead of comparing */
    struct left_out_scenarios *left_out; /* scenarios that are not usable for the suite */
    size_t left_out_count;
    char *part_note; /* one line: which of the planned scenarios are run; NULL: all */
    struct certification *certification; /* NULL: nothing is certified */
    enum error_kind ended_by;            /* the kind of the record's error; NONE: it has none */
    struct run_record *record;
    double started; /* clock_seconds() */
    struct event_stream *events;
};
