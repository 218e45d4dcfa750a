#include "shape/shape_circumstances.h"

#include <string.h>

#include "base/text.h"

/* A list under way: what comes before its next object. */
static void begin(struct text *t, const char *name)
{
    text_append_format(t, "%s\"%s\": [", t->length > 1 ? ", " : "", name);
}

static void end(struct text *t)
{
    text_append(t, "]");
}

static void open_object(struct text *t)
{
    text_append(t, text_string(t)[t->length - 1] == '[' ? "{" : ", {");
}

/* Members of an object; the first follows its brace. */
static void add(struct text *t, const char *name, const char *value)
{
    text_append_format(t, "%s\"%s\": ", text_string(t)[t->length - 1] == '{' ? "" : ", ", name);
    if (value)
        text_append_json(t, value);
    else
        text_append(t, "null");
}

static void add_settings(struct text *t, const char *role, const char *here,
                         const struct shape_setting *settings, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        open_object(t);
        if (role)
            add(t, "role", role);
        if (role)
            text_append_format(t, ", \"here\": %s", here);
        add(t, "name", settings[i].name);
        add(t, "value", settings[i].value);
        text_append(t, "}");
    }
}

static void add_roles(struct text *t, const struct shape *s)
{
    begin(t, "roles");
    for (uint32_t i = 0; i < s->role_count; i++) {
        open_object(t);
        add(t, "name", s->roles[i].name);
        add(t, "rights", s->roles[i].rights);
        text_append(t, "}");
    }
    end(t);
    begin(t, "members");
    for (uint32_t i = 0; i < s->role_count; i++)
        for (uint32_t j = 0; j < s->roles[i].member_of_count; j++) {
            open_object(t);
            add(t, "role", s->roles[i].member_of[j]);
            add(t, "member", s->roles[i].name);
            text_append(t, "}");
        }
    end(t);
    begin(t, "role_settings");
    for (uint32_t i = 0; i < s->role_count; i++) {
        const struct shape_role *r = &s->roles[i];
        add_settings(t, r->name, "false", r->settings, r->setting_count);
        add_settings(t, r->name, "true", r->settings_here, r->settings_here_count);
    }
    end(t);
}

static void add_rights(struct text *t, const struct shape *s)
{
    begin(t, "grants");
    for (uint32_t i = 0; i < s->grant_count; i++) {
        open_object(t);
        add(t, "on", s->grants[i].on);
        add(t, "to", s->grants[i].to);
        add(t, "rights", s->grants[i].rights);
        text_append(t, "}");
    }
    end(t);
    begin(t, "owners");
    for (uint32_t i = 0; i < s->table_count; i++) {
        open_object(t);
        add(t, "name", s->tables[i].name);
        add(t, "owner", s->tables[i].owner);
        text_append(t, "}");
    }
    end(t);
}

char *shape_circumstances(const struct shape *shape)
{
    struct text t = {0};
    text_append(&t, "{");
    add(&t, "owner", shape->owner);
    begin(&t, "settings");
    add_settings(&t, NULL, NULL, shape->settings, shape->setting_count);
    end(&t);
    begin(&t, "database_settings");
    add_settings(&t, NULL, NULL, shape->database_settings, shape->database_setting_count);
    end(&t);
    add_roles(&t, shape);
    add_rights(&t, shape);
    text_append(&t, "}");
    return text_detach(&t);
}

static uint32_t count_tables_of(const struct shape *shape, const char *role)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < shape->table_count; i++)
        count += shape->tables[i].owner && strcmp(shape->tables[i].owner, role) == 0;
    return count;
}

const struct shape_role *shape_migrating_role(const struct shape *shape)
{
    const struct shape_role *found = NULL;
    uint32_t most = 0;
    for (uint32_t i = 0; i < shape->role_count; i++) {
        uint32_t count = count_tables_of(shape, shape->roles[i].name);
        if (count > most) {
            most = count;
            found = &shape->roles[i];
        }
    }
    return found;
}
