/*
 * What each key of a YAML file says, in a few words: the descriptions of the JSON Schemas, which
 * editors show, and of suite.yaml(5). docs/ explains them at length.
 */
#pragma once

struct key_words {
    const char *path; /* "suite.faults.name"; a migrator's keys begin with "migrator" everywhere */
    const char *words;
};

/* NULL: there is no such key. */
const char *key_words(const char *path);

/* By what they are of; each ends with a row of NULLs. */
extern const struct key_words suite_key_words[], migrator_key_words[], layout_key_words[],
    shape_key_words[], other_key_words[];
