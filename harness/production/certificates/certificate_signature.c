#include "production/certificates/certificate_signature.h"

#include <errno.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/process.h"
#include "base/regular_file.h"
#include "base/valid_text.h"
#include "base/whole_file.h"

/* What the commands below are told by the environment, so that no name has to be quoted. */
struct signing_errand {
    const char *file, *key, *signature, *signers, *principal;
    const struct cancel *cancel;
};

static const double time_limit = 60; /* seconds; a key in hardware wants to be touched */

/*
 * Without a terminal and with one, ssh-keygen must not ask: a program that is to ask for the
 * passphrase says none (ssh-keygen(1), SSH_ASKPASS_REQUIRE).
 */
static bool run(const char *command, const struct signing_errand *errand,
                struct process_result *result, struct error *e)
{
    char *variables[] = {memory_format("FILE=%s", errand->file),
                         memory_format("KEY=%s", errand->key ? errand->key : ""),
                         memory_format("SIGNATURE=%s", errand->signature ? errand->signature : ""),
                         memory_format("SIGNERS=%s", errand->signers ? errand->signers : ""),
                         memory_format("PRINCIPAL=%s", errand->principal ? errand->principal : ""),
                         memory_copy_of("SSH_ASKPASS=/bin/false"),
                         memory_copy_of("SSH_ASKPASS_REQUIRE=force"),
                         memory_copy_of("LC_ALL=C"),
                         NULL};
    struct process_request request = {.command = command,
                                      .sees = SEES_SSH,
                                      .environment = (const char *const *)variables,
                                      .time_limit = time_limit,
                                      .cancel = errand->cancel};
    bool good = process_run(&request, result, e);
    for (char **v = variables; *v; v++)
        free(*v);
    if (good && result->ending == PROCESS_EXITED && result->status == 127)
        good = error_set(e, ERROR_UNAVAILABLE,
                         "ssh-keygen is not installed: install the package openssh-client");
    else if (good && result->ending != PROCESS_EXITED)
        good = error_set(e, ERROR_UNAVAILABLE, "ssh-keygen gave no answer within %g s", time_limit);
    return good;
}

static char *signature_path(const char *path)
{
    return memory_format("%s.sig", path);
}

/* A path that begins with "-" would be taken for an option, and "-" for standard input. */
static char *as_path(const char *path)
{
    return path[0] == '-' ? memory_format("./%s", path) : memory_copy_of(path);
}

/* The signature of the file is what `result` has printed. */
static bool sign(const char *path, const char *key, const struct cancel *cancel,
                 struct process_result *result, struct error *e)
{
    if (access(key, R_OK) != 0)
        return error_set(e, file_error_kind(errno), "cannot read the key %s: %s", key,
                         strerror(errno));
    char *file = as_path(path), *key_path = as_path(key);
    struct signing_errand errand = {.file = file, .key = key_path, .cancel = cancel};
    bool good =
        run("exec ssh-keygen -q -Y sign -n pgrehearse -f \"$KEY\" <\"$FILE\"", &errand, result, e);
    if (good && !process_succeeded(result)) {
        char *log = valid_line(text_string(&result->log));
        good = error_set(e, ERROR_USAGE,
                         "cannot sign with %s: %s; a key with a passphrase has to be in an "
                         "ssh-agent",
                         key, log);
        free(log);
    }
    free(key_path);
    free(file);
    return good;
}

bool certificate_check_key(const char *key, const struct cancel *cancel, struct error *e)
{
    struct process_result result = {0};
    bool good = sign("/dev/null", key, cancel, &result, e);
    process_result_release(&result);
    return good;
}

bool certificate_sign(const char *path, const char *key, const struct cancel *cancel,
                      struct error *e)
{
    struct process_result result = {0};
    char *signature = signature_path(path);
    bool good = sign(path, key, cancel, &result, e) &&
                whole_file_write(signature, text_string(&result.output), result.output.length, e);
    process_result_release(&result);
    free(signature);
    return good;
}

/* The first name of the signer that the allowed ones have, to be freed; NULL: none has. */
static char *find_signer(const struct signing_errand *errand, struct error *e)
{
    struct process_result result = {0};
    char *name = NULL;
    if (run("exec ssh-keygen -Y find-principals -s \"$SIGNATURE\" -f \"$SIGNERS\" <\"$FILE\"",
            errand, &result, e) &&
        process_succeeded(&result)) {
        const char *output = text_string(&result.output);
        name = memory_format("%.*s", (int)strcspn(output, ",\r\n"), output);
    }
    process_result_release(&result);
    return name;
}

static bool verify(const struct signing_errand *errand, struct certificate_differences *d,
                   struct error *e)
{
    struct process_result result = {0};
    bool good = run(errand->principal
                        ? "exec ssh-keygen -q -Y verify -n pgrehearse -f \"$SIGNERS\" "
                          "-I \"$PRINCIPAL\" -s \"$SIGNATURE\" <\"$FILE\""
                        : "exec ssh-keygen -q -Y check-novalidate -n pgrehearse -s \"$SIGNATURE\" "
                          "<\"$FILE\"",
                    errand, &result, e);
    if (good && !process_succeeded(&result)) {
        char *log = valid_line(text_string(&result.log));
        certificate_add_point(d, CERTIFICATE_DIFFERS, "signature", "it does not match the file: %s",
                              log);
        free(log);
    } else if (good && errand->principal) {
        certificate_add_point(d, CERTIFICATE_AGREES, "signature", "good, by %s", errand->principal);
    } else if (good) {
        certificate_add_point(d, CERTIFICATE_NOTE, "signature",
                              "valid signature; signer not checked (pass --signers FILE)");
    }
    process_result_release(&result);
    return good;
}

static bool check_against_signers(struct signing_errand *errand, struct certificate_differences *d,
                                  struct error *e)
{
    char *signer = find_signer(errand, e);
    errand->principal = signer;
    bool good = e->kind == ERROR_NONE;
    if (good && !signer)
        certificate_add_point(d, CERTIFICATE_DIFFERS, "signature",
                              "it is not by a signer in %s, or not a signature", errand->signers);
    else if (good)
        good = verify(errand, d, e);
    free(signer);
    return good;
}

bool certificate_check_signature(const char *path, const char *signers, const struct cancel *cancel,
                                 struct certificate_differences *d, struct error *e)
{
    if (signers && access(signers, R_OK) != 0)
        return error_set(e, file_error_kind(errno), "cannot read the signers %s: %s", signers,
                         strerror(errno));
    char *file = as_path(path), *signature = signature_path(file);
    char *signers_path = signers ? as_path(signers) : NULL;
    struct signing_errand errand = {
        .file = file, .signature = signature, .signers = signers_path, .cancel = cancel};
    bool good = true;
    if (access(signature, F_OK) != 0 && signers)
        certificate_add_point(d, CERTIFICATE_DIFFERS, "signature", "not signed: no %s", signature);
    else if (access(signature, F_OK) != 0)
        certificate_add_point(d, CERTIFICATE_NOTE, "signature", "not signed");
    else if (access(signature, R_OK) != 0)
        good = error_set(e, ERROR_UNAVAILABLE, "cannot read %s: %s", signature, strerror(errno));
    else
        good = signers ? check_against_signers(&errand, d, e) : verify(&errand, d, e);
    free(signers_path);
    free(signature);
    free(file);
    return good;
}
