#include "reports/requirement_matrix.h"

#include "base/memory.h"

static struct requirement *find_or_add(struct requirement_matrix *m, const char *id, size_t length)
{
    for (size_t i = 0; i < m->count; i++)
        if (strncmp(m->rows[i].id, id, length) == 0 && m->rows[i].id[length] == '\0')
            return &m->rows[i];
    struct requirement *row = memory_append(&m->rows, &m->count, sizeof *row);
    row->id = memory_format("%.*s", (int)length, id);
    row->text = "";
    return row;
}

static void add_check(struct requirement_matrix *m, const struct check *c)
{
    const char *id = c->requirements + strspn(c->requirements, " ");
    while (*id) {
        size_t length = strcspn(id, " ");
        find_or_add(m, id, length)->outcomes[c->outcome]++;
        id += length;
        id += strspn(id, " ");
    }
}

static int compare_ids(const void *a, const void *b)
{
    const struct requirement *left = a, *right = b;
    return strverscmp(left->id, right->id);
}

static enum proof judge(const struct requirement *row)
{
    if (row->outcomes[OUTCOME_FINDING])
        return PROOF_FAILED;
    if (row->outcomes[OUTCOME_ERROR] || row->outcomes[OUTCOME_NOT_RUN])
        return PROOF_NOT_RUN;
    return row->outcomes[OUTCOME_PASSED] ? PROOF_PROVEN : PROOF_UNCOVERED;
}

void requirement_matrix_init(struct requirement_matrix *m, const struct run_record *r)
{
    *m = (struct requirement_matrix){0};
    for (size_t i = 0; i < r->requirement_count; i++) {
        const char *id = r->requirements[i].id;
        find_or_add(m, id, strlen(id))->text = r->requirements[i].text;
    }
    for (size_t i = 0; i < r->scenario_count; i++)
        for (size_t j = 0; j < r->scenarios[i].step_count; j++) {
            const struct step *step = &r->scenarios[i].steps[j];
            for (size_t k = 0; k < step->check_count; k++)
                add_check(m, &step->checks[k]);
        }
    for (size_t i = 0; i < m->count; i++)
        m->rows[i].proof = judge(&m->rows[i]);
    if (m->count)
        qsort(m->rows, m->count, sizeof *m->rows, compare_ids);
}

void requirement_matrix_release(struct requirement_matrix *m)
{
    for (size_t i = 0; i < m->count; i++)
        free(m->rows[i].id);
    free(m->rows);
    *m = (struct requirement_matrix){0};
}

const char *proof_name(enum proof proof)
{
    static const char *const names[] = {[PROOF_PROVEN] = "proven",
                                        [PROOF_FAILED] = "failed",
                                        [PROOF_NOT_RUN] = "not run",
                                        [PROOF_UNCOVERED] = "uncovered"};
    return names[proof];
}

bool check_names_requirement(const struct check *c, const char *id)
{
    size_t wanted = strlen(id);
    const char *at = c->requirements + strspn(c->requirements, " ");
    while (*at) {
        size_t length = strcspn(at, " ");
        if (length == wanted && strncmp(at, id, length) == 0)
            return true;
        at += length;
        at += strspn(at, " ");
    }
    return false;
}
