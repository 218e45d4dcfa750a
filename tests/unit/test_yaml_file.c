#include "../support/testing.h"

#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/text.h"
#include "base/yaml_file.h"

struct leaf {
    char *name;
    int32_t depth;
    bool open;
};

struct tree {
    char *title;
    double weight;
    uint32_t age;
    struct leaf *leaves;
    unsigned leaf_count;
};

static const cyaml_schema_field_t leaf_fields[] = {
    CYAML_FIELD_STRING_PTR("name", CYAML_FLAG_POINTER, struct leaf, name, 1, 8),
    CYAML_FIELD_INT("depth", CYAML_FLAG_OPTIONAL, struct leaf, depth),
    YAML_FIELD_BOOL("open", CYAML_FLAG_OPTIONAL, struct leaf, open), CYAML_FIELD_END};
static const cyaml_schema_value_t leaf = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct leaf, leaf_fields)};
static const cyaml_schema_field_t tree_fields[] = {
    CYAML_FIELD_STRING_PTR("title", CYAML_FLAG_POINTER, struct tree, title, 1, 8),
    CYAML_FIELD_FLOAT("weight", CYAML_FLAG_OPTIONAL, struct tree, weight),
    CYAML_FIELD_UINT("age", CYAML_FLAG_OPTIONAL, struct tree, age),
    CYAML_FIELD_SEQUENCE_COUNT("leaves", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct tree,
                               leaves, leaf_count, &leaf, 1, 4),
    CYAML_FIELD_END};
static const cyaml_schema_value_t schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct tree, tree_fields)};

struct fixture {
    char path[32];
    void *data;
};

static int setup(void **state)
{
    struct fixture *f = memory_zeroed(1, sizeof *f);
    *state = f;
    snprintf(f->path, sizeof f->path, "yaml-file-XXXXXX");
    int fd = mkstemp(f->path);
    return fd < 0 || close(fd) != 0 ? -1 : 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    yaml_file_free(&schema, f->data);
    unlink(f->path);
    free(f);
    return 0;
}

static bool load(struct fixture *f, const char *yaml, struct error *e)
{
    FILE *file = fopen(f->path, "w");
    assert_non_null(file);
    assert_true(fputs(yaml, file) >= 0);
    assert_int_equal(fclose(file), 0);
    return yaml_file_load(f->path, &schema, &f->data, e);
}

/* What is wrong, and what follows the file's name in the message. */
static const struct {
    const char *yaml, *expected;
} wrong[] = {
    {"", ": the file is empty"},
    {"---\n...\n",
     ", line 1: found a single value, but a key needs ': ' after it; expected {title, "
     "weight, age, leaves}"},
    {"title: a\n b: c\n", ", line 2: not YAML: a ': ' where no key can be; check the indentation, "
                          "and put text that contains ': ' in quotes"},
    {"title: \"a\n", ", line 2: not YAML: a quote is not closed"},
    {"# a\ntitle: \xff\n", ", line 2: not YAML: not UTF-8; save the file in UTF-8"},
    {"title: a\x01\n", ", line 1: not YAML: a control character"},
    {"title: a\n---\ntitle: b\n", ", line 2: expected a single YAML document"},
    {"text\n",
     ", line 1: found a single value, but a key needs ': ' after it; expected {title, weight, "
     "age, leaves}"},
    {"[]\n", ", line 1: found a list; expected {title, weight, age, leaves}"},
    {"{}\n", ", key title: it is missing; expected text"},
    {"age: 3\n", ", key title: it is missing; expected text"},
    {"title: a\nTitle: b\n", ", line 2, key Title: unknown key; did you mean 'title'?"},
    {"title: age\nages: 3\n", ", line 2, key ages: unknown key; did you mean 'age'?"},
    {"title: a\n\ntitle: b\n", ", line 3, key title: duplicate key; expected text"},
    {"title: ''\n", ", line 1, key title: it is empty; expected text"},
    {"title: [a]\n", ", line 1, key title: found a list; expected text"},
    {"title: {a: b}\n", ", line 1, key title: found a mapping; expected text"},
    {"title: a\nweight: heavy\n",
     ", line 2, key weight: 'heavy' is not a number; expected a number"},
    {"title: a\nage: -1\n",
     ", line 2, key age: '-1' is negative; expected a whole number, 0 or more"},
    {"title: &a x\nage: *b\n",
     ", line 2: not YAML: no anchor & has this name; put text that begins with * in quotes"},
    {"title: a\nage: many\n",
     ", line 2, key age: 'many' is not a number; expected a whole number, 0 or more"},
    {"title: a\nage: 3x\n",
     ", line 2, key age: '3x' is not a number; expected a whole number, 0 or more"},
    {"title: a\nage: 3 years\n",
     ", line 2, key age: '3 years' is not a number; expected a whole number, 0 or more"},
    {"title: a\nage: 1.5\n",
     ", line 2, key age: '1.5' is not a number; expected a whole number, 0 or more"},
    {"title: a\nage:\n", ", line 2, key age: "},
    {"title: a\nweight: 2 t\n", ", line 2, key weight: '2 t' is not a number; expected a number"},
    {"title: a\nweight: 1,5\n", ", line 2, key weight: '1,5' is not a number; expected a number"},
    {"title: a\nweight: nan\n", ", line 2, key weight: 'nan' is not a number; expected a number"},
    {"title: a\nweight: -inf\n", ", line 2, key weight: '-inf' is not a number; expected a number"},
    {"title: a\nweight: 1e999\n", ", line 2, key weight: "},
    {"title: a\nleaves:\n  - &b {name: b, depth: 1}\n  - {name: c, depth: 2m}\n",
     ", line 4, key leaves.depth: '2m' is not a number; expected a whole number"},
    {"title: a\nage: \"3\\n\"\n", ", line 2, key age: "},
    {"title: a\nleaves: 3\n",
     ", line 2, key leaves: found a single value; expected a list of {name, depth, open}"},
    {"title: a\nleaves: []\n",
     ", line 2, key leaves: it is empty; expected a list of {name, depth, open}"},
    {"title: a\nleaves:\n  - depth: 1\n",
     ", line 3, key leaves.name: it is missing; expected text"},
    {"title: a\nleaves:\n  - {}\n", ", line 3, key leaves.name: it is missing; expected text"},
    {"title: a\nleaves:\n  - {name: b}\n  - {name: c, width: 1}\n",
     ", line 4, key leaves.width: unknown key; expected one of {name, depth, open}"},
    {"title: a\nleaves:\n  - {name: b, depth: deep}\n", ", line 3, key leaves.depth: "},
    {"title: a\nleaves:\n  - {name: b, open: perhaps}\n", ", line 3, key leaves.open: "},
    /* several at once */
    {"Title: b\nage: x\n",
     ", line 2, key age: 'x' is not a number; expected a whole number, 0 or more; also line 1, key "
     "Title: unknown key; did you mean 'title'?"},
    {"Title: b\n", ", line 1, key Title: unknown key; did you mean 'title'?"},
    {"title: a\nleaves:\n  - {depth: 1}\n  - {nme: c}\n  - [d]\n  - {open: true}\n",
     ", line 3, key leaves.name: it is missing; expected text; also line 4, key leaves.nme: "
     "unknown "
     "key; did you mean 'name'?; also line 5, key leaves: found a list; expected {name, depth, "
     "open}; also line 6, key leaves.name: it is missing; expected text"},
    {"title: a\nleaves:\n  - {name: b, open: perhaps, depth: {}}\nage: [1]\n",
     ", line 3, key leaves.open: "},
};

static void what_is_wrong_is_told(void **state)
{
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct error e = {0};
        if (load(f, wrong[i].yaml, &e))
            fail_msg("accepted: %s", wrong[i].yaml);
        assert_null(f->data);
        assert_int_equal(e.kind, ERROR_USAGE);
        assert_null(strchr(e.message, '\n'));
        char *expected = memory_format("%s%s", f->path, wrong[i].expected);
        size_t length = strlen(expected);
        bool open_end = expected[length - 1] == ' ';
        bool same =
            open_end ? strncmp(e.message, expected, length) == 0 : strcmp(e.message, expected) == 0;
        free(expected);
        if (!same)
            fail_msg("%s\nexpected: FILE%s\nfound: %s", wrong[i].yaml, wrong[i].expected,
                     e.message);
    }
}

/* A message has an end: what does not fit is counted. */
static void many_mistakes_are_counted(void **state)
{
    struct fixture *f = *state;
    struct error e = {0};
    struct text yaml = {0};
    text_append(&yaml, "title: a\n");
    for (int i = 0; i < 100; i++)
        text_append_format(&yaml, "unheard%d: x\n", i);
    bool loaded = load(f, text_string(&yaml), &e);
    text_release(&yaml);
    assert_false(loaded);
    assert_non_null(strstr(e.message, ", line 2, key unheard0: unknown key"));
    assert_non_null(strstr(e.message, "; also line 3, key unheard1: unknown key; also line 4"));
    const char *rest = strstr(e.message, "; and ");
    assert_non_null(rest);
    size_t said = 1;
    for (const char *at = e.message; (at = strstr(at, "; also ")); at++)
        said++;
    assert_int_equal(said + strtoul(rest + 6, NULL, 10), 100);
    error_clear(&e);
    for (int i = 0; i < 50000; i++) /* looking for the nearest of each would take long */
        text_append(&yaml, "unheard: x\n");
    loaded = load(f, text_string(&yaml), &e);
    text_release(&yaml);
    assert_false(loaded);
    assert_non_null(strstr(e.message, "; and at least 1000 more"));
}

static void what_is_right_is_loaded(void **state)
{
    struct fixture *f = *state;
    struct error e = {0};
    if (!load(f, "title: a\nage: 3\nleaves: [{name: b, depth: -2, open: true}, {name: c}]\n", &e))
        fail_msg("%s", e.message);
    const struct tree *tree = f->data;
    assert_string_equal(tree->title, "a");
    assert_int_equal(tree->age, 3);
    assert_int_equal(tree->leaf_count, 2);
    assert_int_equal(tree->leaves[0].depth, -2);
    assert_true(tree->leaves[0].open);
    assert_string_equal(tree->leaves[1].name, "c");
}

static void what_cannot_be_read_is_told(void **state)
{
    struct fixture *f = *state;
    struct error e = {0};
    assert_false(yaml_file_load("no/such/file.yaml", &schema, &f->data, &e));
    assert_int_equal(e.kind, ERROR_USAGE);
    assert_string_equal(e.message, "no/such/file.yaml: cannot be read: No such file or directory");
    error_clear(&e);
    assert_false(yaml_file_load("/", &schema, &f->data, &e));
    assert_string_equal(e.message, "/: cannot be read: Is a directory");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_wrong_is_told, setup, teardown),
        cmocka_unit_test_setup_teardown(many_mistakes_are_counted, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_right_is_loaded, setup, teardown),
        cmocka_unit_test_setup_teardown(what_cannot_be_read_is_told, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
