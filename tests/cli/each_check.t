#!/usr/bin/perl
# Each check of the shipped suite fails on something broken: a table of damages to a copy of the
# suite, each with the check that has to fail and what it has to say. At the end, no check of the
# sound suite may be left that no row has seen fail.
# Takes long.
use strict;
use warnings;
use File::Temp qw(tempdir);
use JSON::PP;
use POSIX ();
use Test::More;
use Time::HiRes qw(time);

my $build = $ENV{PGREHEARSE_BUILD} || 'build';
my $scratch = tempdir(CLEANUP => 1);
my $target = 'migrations/002_remove_non_search_tables.sql';
my $baseline = 'migrations/005_version_column.sql';
my $sound = 'fixtures/suites/migration_002';

# The migration checks itself too; without that, it is for the harness to notice.
my @trusting = (
    [$target, qr/(-- step: Running validation checks\.\.\.\n.*?)DO \$\$.*?END \$\$;/s, '$1SELECT 1;'],
    [$target, qr/(-- step: Running validation\.\.\.\n)DO \$\$.*?END \$\$;/s, '$1SELECT 1;'],
);

sub up { my ($sql) = @_; return [$target, qr/(?=-- step: Running validation checks)/, "$sql;\n"] }
sub down { my ($sql) = @_; return [$target, qr/(?=-- step: Running validation\.\.\.\n)/, "$sql;\n"] }
sub in_up { my ($from, $to) = @_; return [$target, qr/\Q$from\E(?=.*^-- down)/ms, $to] }
sub in_down { my ($from, $to) = @_; return [$target, qr/(^-- down.*)\Q$from\E/ms, '$1' . $to] }
sub before { my ($sql) = @_; return [$baseline, qr/(?=^-- down)/m, "$sql;\n"] }

# Another command line of the native migrator; its own is put in for OWN.
sub command {
    my ($action, $line) = @_;
    $line =~ s/OWN/pgrehearse-migrate $action {revision}/g;
    $line =~ s/'/''/g;
    return ['suite.yaml', qr/^    $action: pgrehearse-migrate.*$/m, "    $action: '$line'"];
}
my $at_target = '[ "$(pgrehearse-migrate current 2>/dev/null | cut -c1-3)" = 002 ]';
my $to_target = '[ {revision} = 002 ]';

sub checks {    # both CHECKs with another condition
    my ($condition) = @_;
    return map {
        up("ALTER TABLE $_ DROP CONSTRAINT check_${_}_project_id, "
            . "ADD CONSTRAINT check_${_}_project_id CHECK ($condition)")
    } qw(repositories code_chunks);
}
my @no_checks = map { up("ALTER TABLE $_ DROP CONSTRAINT check_${_}_project_id") }
    qw(repositories code_chunks);

sub trigger_on_repositories {
    my ($body) = @_;
    return up("CREATE FUNCTION meddle() RETURNS trigger LANGUAGE plpgsql AS \$f\$ BEGIN $body; END \$f\$;\n"
        . 'CREATE TRIGGER meddle BEFORE INSERT ON repositories FOR EACH ROW EXECUTE FUNCTION meddle()');
}

# Rows of several damages of a kind: each of them has to be told.
sub together {
    my ($scenario, $kind, @damages) = @_;
    my @rows;
    while (my @few = splice @damages, 0, 9) {
        push @rows, [join(', ', map { $_->[0] } @few) . ": $kind", $scenario, map { @$_[1, 2] } @few];
    }
    return @rows;
}

my ($columns, $chunk_columns) = map {qr/post-migration: project_id column exists in $_/}
    qw(repositories code_chunks);
my $constraints = qr/post-migration: CHECK constraints exist/;
my $index = qr/post-migration: Performance index exists/;
my $delta = qr/^the schema changed exactly as approved/;
my $restored = qr/^every object of the schema is as/;
my ($kept_repositories, $kept_chunks) = map {qr/^every row of $_ is as/} qw(repositories code_chunks);
my @small = qw(--repositories 6 --chunks-per-repo 12);

# Each row: name, scenario, [check, what its finding says] …, the damage …; options as a hash.
my @rows = (
    # the slow one first
    ['an upgrade that hangs', 'fresh', [qr/002 succeeds/, qr/far over the limit of 1 s/],
        [qr/002 ends within 1 s/, qr/over the limit of 1 s/], {limit => 1}, up('SELECT pg_sleep(60)')],
    ['an upgrade over its time', 'fresh', [qr/002 ends within 1 s/, qr/took .* over the limit of 1 s/],
        {limit => 1}, up('SELECT pg_sleep(1.1)')],

    # the columns
    ['another default', 'fresh', [$columns, qr/'main'/], [$delta, qr/wrong column public.repositories.project_id.*'main'/],
        up("ALTER TABLE repositories ALTER project_id SET DEFAULT 'main'")],
    ['no default', 'fresh', [$columns, qr/NOT NULL/], [$delta, qr/wrong column public.repositories.project_id/],
        up('ALTER TABLE repositories ALTER project_id DROP DEFAULT')],
    ['repositories.project_id may be null', 'fresh', [$columns, qr/varying\(50\) DEFAULT/],
        [$delta, qr/wrong column public.repositories.project_id/],
        up('ALTER TABLE repositories ALTER project_id DROP NOT NULL')],
    ['code_chunks.project_id may be null', 'fresh', [$chunk_columns, qr/varying\(50\)/],
        [$delta, qr/wrong column public.code_chunks.project_id/],
        up('ALTER TABLE code_chunks ALTER project_id DROP NOT NULL')],
    ['code_chunks.project_id keeps its default', 'fresh', [$chunk_columns, qr/DEFAULT 'default'/],
        [$delta, qr/wrong column public.code_chunks.project_id/],
        in_up('ALTER TABLE code_chunks ALTER COLUMN project_id DROP DEFAULT;', '')],
    ['another length', 'fresh', [$columns, qr/varying\(64\)/], [$delta, qr/wrong column public.repositories.project_id/],
        up('ALTER TABLE repositories ALTER project_id TYPE varchar(64)')],
    ['a column too few', 'fresh', [$chunk_columns, qr/is not there/], [$delta, qr/missing column public.code_chunks.project_id/],
        up('ALTER TABLE code_chunks DROP COLUMN project_id')],
    ['a column of another name', 'fresh', [$columns, qr/is not there/], [$delta, qr/unexpected column public.repositories.project/],
        up('ALTER TABLE repositories RENAME project_id TO project')],
    ['a generated column', 'fresh', [$chunk_columns, qr/GENERATED/], [$delta, qr/wrong column public.code_chunks.project_id/],
        up('ALTER TABLE code_chunks DROP project_id, ADD project_id varchar(50) NOT NULL '
            . "GENERATED ALWAYS AS ('default') STORED")],

    # the CHECKs
    (map {
        my $table = $_;
        (["no CHECK on $table", 'fresh', [$constraints, qr/check_${table}_project_id.*is not there/],
            [$delta, qr/missing constraint public.$table.check_/],
            up("ALTER TABLE $table DROP CONSTRAINT check_${table}_project_id")],
        ["a CHECK NOT VALID on $table", 'fresh', [$constraints, qr/is not validated/],
            [$delta, qr/wrong constraint public.$table.check_.*NOT VALID/],
            up("ALTER TABLE $table DROP CONSTRAINT check_${table}_project_id, ADD CONSTRAINT "
                . "check_${table}_project_id CHECK (project_id ~ '^[a-z0-9]+(-[a-z0-9]+)*\$') NOT VALID")])
    } qw(repositories code_chunks)),
    ['a CHECK of another column', 'fresh', [$constraints, qr/does not constrain project_id/],
        up('ALTER TABLE code_chunks DROP CONSTRAINT check_code_chunks_project_id, '
            . "ADD CONSTRAINT check_code_chunks_project_id CHECK (file_path <> 'x')")],
    ['a UNIQUE of the name of a CHECK', 'fresh', [$constraints, qr/is no CHECK/],
        [$delta, qr/wrong constraint public.repositories.check_/],
        up('ALTER TABLE repositories DROP CONSTRAINT check_repositories_project_id, '
            . 'ADD CONSTRAINT check_repositories_project_id UNIQUE (project_id)')],
    ['a third CHECK', 'fresh', [$delta, qr/unexpected constraint public.repositories.lines/],
        up("ALTER TABLE repositories ADD CONSTRAINT lines CHECK (path <> '')")],

    # the index
    ['no index', 'fresh', [$index, qr/is not there/], [$delta, qr/missing index .*idx_project_repository/],
        up('DROP INDEX idx_project_repository')],
    ['an index of another name', 'fresh', [$index, qr/is not there/], [$delta, qr/unexpected index .*idx_project/],
        up('ALTER INDEX idx_project_repository RENAME TO idx_project')],
    (map {
        my ($name, $definition) = @$_;
        ["an index $name", 'fresh', [$index, qr/idx_project_repository/], [$delta, qr/wrong index .*idx_project_repository/],
            up("DROP INDEX idx_project_repository;\nCREATE $definition")]
    } ['of one column', 'INDEX idx_project_repository ON repositories (project_id)'],
        ['of swapped columns', 'INDEX idx_project_repository ON repositories (id, project_id)'],
        ['that is unique', 'UNIQUE INDEX idx_project_repository ON repositories (project_id, id)'],
        ['of some rows', "INDEX idx_project_repository ON repositories (project_id, id) WHERE project_id <> ''"]),
    ['an index on another table', 'fresh', [$index, qr/code_chunks/], [$delta, qr/missing index .*repositories/],
        up("DROP INDEX idx_project_repository;\nCREATE INDEX idx_project_repository ON code_chunks (project_id, id)")],
    ['an index that descends', 'fresh', [$index, qr/DESC/], [$delta, qr/wrong index .*DESC/],
        up("DROP INDEX idx_project_repository;\nCREATE INDEX idx_project_repository ON repositories (project_id DESC, id)")],
    ['an index of another method', 'fresh', [$index, qr/brin/], [$delta, qr/wrong index .*brin/],
        up("DROP INDEX idx_project_repository;\nCREATE INDEX idx_project_repository ON repositories USING brin (project_id, id)")],
    ['an index with another collation', 'fresh', [$index, qr/COLLATE/], [$delta, qr/wrong index .*COLLATE/],
        up("DROP INDEX idx_project_repository;\nCREATE INDEX idx_project_repository ON repositories (project_id COLLATE \"POSIX\", id)")],
    ['an invalid index', 'fresh', [$index, qr/is invalid/], [$delta, qr/wrong index .*not-valid/],
        ['suite.yaml', qr/(?=^time_limit:)/m, "role: superuser\n"], # who else may write into the catalog
        up("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'idx_project_repository'::regclass")],

    # the tables
    (map {
        ["$_ stays", 'fresh', [qr/post-migration: Unused tables dropped/, qr/\Q$_\E/], [$delta, qr/public\.$_\b/],
            up("CREATE TABLE $_ (id integer)")]
    } qw(tasks deployment_vendors)),
    ['a tenth table goes', 'fresh', [$delta, qr/lost table public.settings/],
        before('CREATE TABLE settings (name text PRIMARY KEY)'), up('DROP TABLE settings')],
    ['a new table', 'fresh', [$delta, qr/unexpected table public.projects/], up('CREATE TABLE projects (id text PRIMARY KEY)')],
    ['a view over kept and dropped tables goes', 'fresh', [$delta, qr/lost view public.everything/],
        before('CREATE VIEW everything AS SELECT path FROM repositories UNION SELECT title FROM tasks'),
        in_up('-- step: Dropping unused tables...', "DROP VIEW everything;\n-- step: Dropping unused tables...")],
    ['a type that a kept table may need goes', 'fresh', [$delta, qr/lost type public.language/],
        before("CREATE TYPE language AS ENUM ('c', 'perl')"), up('DROP TYPE language')],

    # nothing else
    together('fresh', 'too much', map { my ($name, $sql, $says) = @$_; [$name, [$delta, $says], up($sql)] } ['a lost index', 'DROP INDEX idx_code_chunks_embedding', qr/lost index .*idx_code_chunks_embedding/],
        ['an index rebuilt otherwise',
            "DROP INDEX idx_code_chunks_repository;\nCREATE INDEX idx_code_chunks_repository ON code_chunks (repository_id, id)",
            qr/changed index .*idx_code_chunks_repository/],
        ['a foreign key without its cascade',
            'ALTER TABLE code_chunks DROP CONSTRAINT code_chunks_repository_id_fkey, ADD CONSTRAINT '
                . 'code_chunks_repository_id_fkey FOREIGN KEY (repository_id) REFERENCES repositories (id)',
            qr/changed constraint .*code_chunks_repository_id_fkey.*ON DELETE CASCADE/],
        ['a lost UNIQUE', 'ALTER TABLE repositories DROP CONSTRAINT repositories_path_key', qr/lost (constraint|index) .*repositories_path_key/],
        ['a lost default', 'ALTER TABLE repositories ALTER id DROP DEFAULT', qr/changed column public.repositories.id/],
        ['a lost NOT NULL', 'ALTER TABLE code_chunks ALTER content DROP NOT NULL', qr/changed column public.code_chunks.content/],
        ['another type', 'ALTER TABLE code_chunks ALTER start_line TYPE bigint', qr/changed column public.code_chunks.start_line/],
        ['an unlogged table', 'ALTER TABLE code_chunks SET UNLOGGED', qr/changed table public.code_chunks/],
        ['row security', 'ALTER TABLE repositories ENABLE ROW LEVEL SECURITY', qr/changed table public.repositories/],
        ['a grant', 'GRANT DELETE ON repositories TO PUBLIC', qr/unexpected grant public.repositories/],
        ['a trigger', 'CREATE TRIGGER skip BEFORE UPDATE ON code_chunks FOR EACH ROW EXECUTE FUNCTION '
            . 'suppress_redundant_updates_trigger()', qr/unexpected trigger public.code_chunks.skip/],
        ['a rule', 'CREATE RULE quiet AS ON DELETE TO repositories DO INSTEAD NOTHING', qr/unexpected rule public.repositories.quiet/],
        ['a comment', "COMMENT ON TABLE repositories IS 'mine'", qr/unexpected comment public.repositories/],
        ['a sequence', 'CREATE SEQUENCE left_over', qr/unexpected sequence public.left_over/],
        ['a schema', 'CREATE SCHEMA backup', qr/unexpected schema backup/],
        ['a backup of the rows', 'CREATE TABLE vendors_backup AS SELECT * FROM repositories', qr/unexpected table public.vendors_backup/]),

    # the rows
    (map {
        my ($name, $scenario, $check, $says, $sql) = @$_;
        [$name, $scenario, [$check, $says], up($sql)]
    } ['a repository goes', 'existing-data', $kept_repositories, qr/1 .*lost/, "DELETE FROM repositories WHERE path = '/test/repo2'"],
        ['a chunk goes', 'existing-data', $kept_chunks, qr/1 .*lost/, "DELETE FROM code_chunks WHERE file_path = 'lib.py'"],
        ['a chunk goes, and another comes', 'existing-data', $kept_chunks, qr/lost.*added|added.*lost/,
            "UPDATE code_chunks SET id = gen_random_uuid() WHERE file_path = 'lib.py'"],
        ['a row too much', 'existing-data', $kept_repositories, qr/1 .*added/,
            "INSERT INTO repositories (path, indexed_at) VALUES ('/new', now())"],
        ['touched dates', 'existing-data', $kept_chunks, qr/updated_at/, 'UPDATE code_chunks SET updated_at = clock_timestamp()'],
        ['two contents swapped', 'existing-data', $kept_chunks, qr/content/,
            "UPDATE code_chunks c SET content = d.content FROM code_chunks d WHERE c.file_path IN ('main.py', 'utils.py') "
                . "AND d.file_path IN ('main.py', 'utils.py') AND c.id <> d.id"],
        ['rows that change parents', 'existing-data', $kept_chunks, qr/repository_id/,
            "UPDATE code_chunks SET repository_id = '00000000-0000-0000-0000-000000000001'"],
        ['trimmed contents', 'performance', $kept_chunks, qr/content/, 'UPDATE code_chunks SET content = rtrim(content)'],
        ['other line ends', 'performance', $kept_chunks, qr/content/, "UPDATE code_chunks SET content = replace(content, E'\\r', '')"],
        ['paths in lower case', 'performance', $kept_repositories, qr/path/, 'UPDATE repositories SET path = lower(path)'],
        ['rounded dates', 'performance', $kept_repositories, qr/indexed_at/,
            "UPDATE repositories SET indexed_at = date_trunc('second', indexed_at)"],
        ['metadata filled in', 'performance', $kept_repositories, qr/metadata/,
            "UPDATE repositories SET metadata = '{}' WHERE metadata IS NULL"],
        ['metadata emptied of nulls', 'performance', $kept_repositories, qr/metadata/,
            'UPDATE repositories SET metadata = jsonb_strip_nulls(metadata)'],
        ['shorter embeddings', 'performance', $kept_chunks, qr/embedding/,
            'UPDATE code_chunks SET embedding = (SELECT array_agg(x * 0.999)::vector FROM unnest(embedding::real[]) x)'],
        ['embeddings lost', 'performance', $kept_chunks, qr/embedding/, 'UPDATE code_chunks SET embedding = NULL'],
        ['line numbers from 0', 'performance', $kept_chunks, qr/start_line/, 'UPDATE code_chunks SET start_line = start_line - 1']),

    # what is filled in
    ['repositories of another project', 'existing-data', [qr/backfill: every repository/, qr/main/],
        up("UPDATE repositories SET project_id = 'main';\nUPDATE code_chunks SET project_id = 'main'")],
    ['chunks of another project than their repository', 'existing-data', [qr/backfill: every chunk/, qr/other/],
        [qr/post-migration: All code_chunks have/, qr/other/], up("UPDATE code_chunks SET project_id = 'other'")],
    ['chunks keep the default of the column', 'existing-data', [qr/backfill: every chunk/, qr/default/],
        in_up('UPDATE code_chunks c', "UPDATE repositories SET project_id = 'p-1';\nUPDATE code_chunks c"),
        in_up("r.project_id <> 'default'", 'false')],
    ['values against the pattern', 'existing-data', [qr/post-migration: All project_id values/, qr/Not_So/],
        @no_checks, up("UPDATE repositories SET project_id = 'Not_So'")],
    ['empty values', 'existing-data', [qr/post-migration: All project_id values/, qr/code_chunks/],
        @no_checks, up("UPDATE code_chunks SET project_id = ''")],
    ['orphaned chunks', 'existing-data', [qr/post-migration: No orphaned/, qr/000000000002/],
        up("ALTER TABLE code_chunks DROP CONSTRAINT code_chunks_repository_id_fkey;\n"
            . "DELETE FROM repositories WHERE path = '/test/repo2'")],

    # what the database takes
    ['the pattern of the page', 'validation', [qr/repositories.project_id refuses '-my-project'/, qr/'-my-project'/],
        [qr/repositories.project_id refuses 'my-project-'/, qr/'my-project-'.*\[a-z0-9-\]\{1,50\}/],
        [qr/code_chunks.project_id refuses '-my-project'/, qr/'-my-project'/],
        [qr/code_chunks.project_id refuses 'my-project-'/, qr/'my-project-'/], checks(q{project_id ~ '^[a-z0-9-]{1,50}$'})],
    ['anything goes', 'validation', [qr/ refuses /, qr/accepted the invalid value/], {all => qr/ refuses /},
        @no_checks, map { up("ALTER TABLE $_ ALTER project_id TYPE text") } qw(repositories code_chunks)],
    ['nothing goes', 'validation', [qr/ accepts /, qr/refused the valid value/], {all => qr/repositories.project_id accepts /},
        checks('project_id IS NULL')],
    ['no chunk goes', 'validation', [qr/ accepts /, qr/refused the valid value/], {all => qr/code_chunks.project_id accepts /},
        up('ALTER TABLE code_chunks DROP CONSTRAINT check_code_chunks_project_id, '
            . 'ADD CONSTRAINT check_code_chunks_project_id CHECK (project_id IS NULL)')],
    (map {
        my ($name, $verb, $value, $condition) = @$_;
        [$name, 'validation', [qr/repositories.project_id $verb '\Q$value\E/, qr/\Q$value\E/],
            [qr/code_chunks.project_id $verb '\Q$value\E/, qr/\Q$value\E/], checks($condition)]
    } ['doubled hyphens', 'refuses', 'my--project', q{project_id ~ '^[a-z0-9]([a-z0-9-]*[a-z0-9])?$'}],
        ['capitals', 'refuses', 'My-Project', q{project_id ~* '^[a-z0-9]+(-[a-z0-9]+)*$'}],
        ['underscores', 'refuses', 'my_project', q{project_id ~ '^[a-z0-9_]+(-[a-z0-9_]+)*$'}],
        ['a good line in a bad text', 'refuses', 'ok\n', q{project_id ~ '(?n)^[a-z0-9]+(-[a-z0-9]+)*$'}],
        ['a pattern without its end', 'refuses', "my-project ", q{project_id ~ '^[a-z0-9]+(-[a-z0-9]+)*'}],
        ['blanks around', 'refuses', "my-project ", q{btrim(project_id) ~ '^[a-z0-9]+(-[a-z0-9]+)*$'}],
        ['letters of any script', 'refuses', "proj\x{e9}t", q<project_id !~ '[ -,./:-`{-~[:cntrl:]]' AND project_id ~ '^[^-]+(-[^-]+)*$'>],
        ['at most 49', 'accepts', 'a234567890b234567890c234567890d234567890e234567890',
            q{project_id ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(project_id) < 50}],
        ['at least two', 'accepts', 'a', q{project_id ~ '^[a-z0-9][a-z0-9-]*[a-z0-9]$' AND project_id !~ '--'}],
        ['no digit first', 'accepts', '7', q{project_id ~ '^[a-z][a-z0-9]*(-[a-z0-9]+)*$'}]),
    ['values put right silently', 'validation', [qr/repositories.project_id refuses 'My-Project'/, qr/'My-Project'/],
        trigger_on_repositories('NEW.project_id := lower(NEW.project_id); RETURN NEW')],
    ['values swallowed silently', 'validation', [qr/repositories.project_id refuses 'My-Project'/, qr/neither a row/],
        trigger_on_repositories("IF NEW.project_id ~ '[^a-z0-9-]' THEN RETURN NULL; END IF; RETURN NEW")],
    ['valid values swallowed', 'validation', [qr/repositories.project_id accepts '7'/, qr/neither a row/],
        trigger_on_repositories("IF NEW.project_id = '7' THEN RETURN NULL; END IF; RETURN NEW")],
    ['another error than a refusal', 'validation', [qr/repositories.project_id refuses 'my project'/, qr/an error other than a refusal, SQLSTATE P0001/],
        trigger_on_repositories("IF NEW.project_id ~ ' ' THEN RAISE 'no'; END IF; RETURN NEW")],
    ['valid values stored as others', 'validation', [qr/repositories.project_id accepts 'my-project'/, qr/as something else/],
        [qr/accepted-values: every accepted/, qr/codebase_[A-Z]/],
        @no_checks, trigger_on_repositories('NEW.project_id := upper(NEW.project_id); RETURN NEW')],

    # how the upgrade goes
    ['failing SQL', 'fresh', [qr/002 succeeds/, qr/division by zero/, '22012'], up('SELECT 1/0')],
    ['a failing command', 'fresh', [qr/002 succeeds/, qr/no such thing/],
        command('upgrade', "if $to_target; then echo no such thing; exit 4; fi; OWN")],
    ['a crash', 'fresh', [qr/002 succeeds/, qr/signal/],
        command('upgrade', "if $to_target; then kill -SEGV \$\$; fi; OWN")],
    ['an upgrade that does nothing', 'fresh', [qr/reports revision 002/, qr/'005/], [$delta, qr/missing/],
        [qr/post-migration: Unused/, qr/work_items/], command('upgrade', "if $to_target; then exit; fi; OWN")],
    ['a stamp instead of an upgrade', 'fresh', [$delta, qr/missing column/], [$columns, qr/is not there/],
        command('upgrade', "if $to_target; then pgrehearse-migrate stamp {revision}; else OWN; fi")],
    ['no version row', 'fresh', [qr/reports revision 002/, qr/'005/],
        command('upgrade', "OWN && psql -Xqc \"UPDATE alembic_version SET version_num = '005'\"")],
    ['a command that fails to tell the revision', 'fresh', [qr/reports revision 002/, qr/'current' exited with status 5/],
        command('current', 'psql -Xqc "SELECT 1"; exit 5')],
    ['another history', 'fresh', [qr/^the history contains/, qr/does not lead from 005 to 002/], command('history', 'echo "003 -> 002 (head)"')],
    ['a history backwards', 'fresh', [qr/^the history contains/, qr/does not lead/], command('history', 'echo "002 -> 005"')],
    ['a step without a word', 'fresh', [qr/002 logs its steps/, qr/Step 3/],
        in_up('-- step: Adding project_id to repositories table...', '-- step: Doing...')],
    ['steps in another order', 'fresh', [qr/002 logs its steps/, qr/Step 1/],
        in_up('-- step: Checking prerequisites...', '-- step: Verifying foreign key constraints...')],
    ['no word of the end', 'fresh', [qr/002 logs its steps/, qr/completed successfully/],
        command('upgrade', 'OWN 2>&1 | grep -v completed')],
    ['a blocking foreign key', 'fresh', [qr/pre-migration: No foreign keys/, qr/work_items/],
        [qr/002 succeeds/, qr/Foreign key constraint detected/],
        before('ALTER TABLE work_items ADD COLUMN repository uuid CONSTRAINT plant REFERENCES repositories')],
    (map {
        ["a blocking foreign key of $_", 'fresh', [qr/pre-migration: No foreign keys/, qr/$_/],
            before("ALTER TABLE $_ ADD COLUMN chunk uuid CONSTRAINT plant REFERENCES code_chunks")]
    } qw(task_commits deployment_vendors)),

    # the second run
    ['a second run that works again', 'idempotency', [qr/second upgrade is a no-op/, qr/ran a migration again/],
        command('upgrade', "if $at_target; then pgrehearse-migrate downgrade 005; fi; OWN")],
    ['a second run that rewrites rows', 'idempotency', [qr/^no row, sequence or version/, qr/repositories/],
        command('upgrade', 'OWN && psql -Xqc "UPDATE repositories SET path = path"')],
    ['a second run that alters rows', 'idempotency', [$kept_chunks, qr/content/], [qr/^no row, sequence or version/, qr/code_chunks/],
        command('upgrade', 'OWN && psql -Xqc "UPDATE code_chunks SET content = content || now()"')],
    ['a second run that loses rows', 'idempotency', [$kept_repositories, qr/lost/],
        command('upgrade', "if $at_target; then psql -Xqc \"DELETE FROM repositories WHERE path = '/test/repo2'\"; fi; OWN")],
    ['a second run that makes a table', 'idempotency', [qr/^no object changed/, qr/unexpected table|\+ table/],
        command('upgrade', 'OWN && psql -Xqc "CREATE TABLE run_$$ ()"')],
    ['a second run that crashes', 'idempotency', [qr/second upgrade is a no-op/, qr/signal/],
        command('upgrade', "if $at_target; then kill -SEGV \$\$; fi; OWN")],
    ['a second run that fails silently', 'idempotency', [qr/second upgrade is a no-op/, qr/without a word/],
        command('upgrade', "if $at_target; then exit 1; fi; OWN")],
    ['a second run that takes the revision back', 'idempotency', [qr/reports revision 002/, qr/'005/],
        command('upgrade', "if $at_target; then pgrehearse-migrate stamp 005; else OWN; fi")],

    # the way back
    ['a downgrade that does nothing', 'rollback', [qr/reports revision 005/, qr/'002/], [$restored, qr/./],
        [qr/post-rollback: project_id columns removed/, qr/project_id/], [qr/post-rollback: CHECK/, qr/check_/],
        [qr/post-rollback: Performance index/, qr/idx_project_repository/], [qr/post-rollback: Dropped tables/, qr/./],
        command('downgrade', ': {revision}')],
    ['a downgrade that only stamps', 'rollback', [qr/post-rollback: Dropped tables/, qr/./], [$restored, qr/./],
        command('downgrade', 'pgrehearse-migrate stamp {revision}')],
    ['failing SQL on the way back', 'rollback', [qr/005 succeeds/, qr/division by zero/, '22012'], down('SELECT 1/0')],
    ['no version row on the way back', 'rollback', [qr/reports revision 005/, qr/'002/],
        command('downgrade', "OWN && psql -Xqc \"UPDATE alembic_version SET version_num = '002'\"")],
    ['a way back without a word', 'rollback', [qr/005 logs its steps/, qr/Step 1/], in_down('Dropping performance index', 'Working')],
    ['no warning of lost rows', 'rollback', [qr/005 logs its steps/, qr/NOT restored/], in_down('RAISE WARNING', 'RAISE DEBUG')],
    ['a column left', 'rollback', [qr/post-rollback: project_id columns removed/, qr/code_chunks/],
        [$restored, qr/left behind: column public.code_chunks.project_id/], down('ALTER TABLE code_chunks ADD project_id varchar(50)')],
    ['a constraint left', 'rollback', [qr/post-rollback: CHECK constraints removed/, qr/check_repositories_project_id/],
        [$restored, qr/left behind: constraint .*check_repositories_project_id/],
        down("ALTER TABLE repositories ADD CONSTRAINT check_repositories_project_id CHECK (path IS NOT NULL)")],
    ['an index left', 'rollback', [qr/post-rollback: Performance index removed/, qr/idx_project_repository/],
        [$restored, qr/left behind: index .*idx_project_repository/], down('CREATE INDEX idx_project_repository ON repositories (id)')],
    (map {
        ["$_ not restored", 'rollback', [qr/post-rollback: Dropped tables restored/, qr/$_/], [$restored, qr/lost table public.$_/],
            down("DROP TABLE $_ CASCADE")]
    } qw(work_items vendors deployment_vendors)),
    ['a view instead of a table', 'rollback', [qr/post-rollback: Dropped tables restored/, qr/deployment_vendors/], [$restored, qr/deployment_vendors/],
        down("DROP TABLE deployment_vendors;\nCREATE VIEW deployment_vendors AS SELECT 1 AS vendor_id")],
    ['a repository lost on the way back', 'rollback', [qr/post-rollback: repositories data/, qr/rows, before/], [$kept_repositories, qr/lost/],
        down("DELETE FROM repositories WHERE path = '/test/repo2'")],
    ['chunks lost on the way back', 'rollback', [qr/post-rollback: code_chunks data/, qr/rows, before/], [$kept_chunks, qr/lost/],
        down("DELETE FROM code_chunks WHERE file_path = 'lib.py'")],
    ['contents trimmed on the way back', 'rollback', [$kept_chunks, qr/content/], down('UPDATE code_chunks SET content = rtrim(content)')],
    together('rollback', 'lost on the way back',
        map { my ($name, $from, $to, $says) = @$_; [$name, [$restored, $says], in_down($from, $to)] } ['an index', 'CREATE INDEX idx_deployments_deployed ON deployments (deployed_at DESC);', '', qr/lost index .*idx_deployments_deployed/],
        ['an expression of an index', 'ON vendors (lower(name))', 'ON vendors (name)', qr/changed index .*uq_vendors_name_lower/],
        ['a predicate', " WHERE status = 'broken'", '', qr/changed index .*idx_vendors_broken/],
        ['a default', "DEFAULT 'need to be done' ", '', qr/changed column public.tasks.status/],
        ['a NOT NULL', "extractor_version  varchar(50) NOT NULL", 'extractor_version  varchar(50)', qr/changed column public.vendors.extractor_version/],
        ['a sequence', 'number        serial NOT NULL', 'number        integer NOT NULL', qr/public\.tasks\.number/],
        ['an identity', "id         bigint GENERATED ALWAYS AS IDENTITY", 'id         bigint', qr/public\.vendor_test_results\.id/],
        ['a start of a sequence', 'START WITH 1000 ', '', qr/public\.task_commits\.id/],
        ['a generated column', ' GENERATED ALWAYS AS (passed + failed + skipped) STORED', '', qr/vendor_test_results.total/],
        ['a word of a comment', "'Projects, sessions,", "'Projects,", qr/changed comment public.work_items/],
        ['a comment on a column', "COMMENT ON COLUMN tasks.number IS 'What people call the task by';", '', qr/lost comment public.tasks.number/],
        ['a comment on an index', "COMMENT ON INDEX uq_vendors_name_lower IS 'Vendor names are unique regardless of case';", '', qr/lost comment .*uq_vendors_name_lower/],
        ['a CHECK', "CONSTRAINT ck_vendors_name CHECK (btrim(name) <> ''),", '', qr/lost constraint public.vendors.ck_vendors_name/],
        ['a part of a CHECK', 'failed >= 0 AND ', '', qr/changed constraint .*ck_vendor_test_results_counts/],
        ['a foreign key', "CONSTRAINT deployments_rolls_back_fkey FOREIGN KEY (rolls_back) REFERENCES deployments (id),", '',
            qr/lost constraint .*deployments_rolls_back_fkey/],
        ['an action of a foreign key', 'REFERENCES vendors (id) ON DELETE RESTRICT', 'REFERENCES vendors (id)', qr/changed constraint .*deployment_vendors_vendor_id_fkey/],
        ['a deferrable', ' DEFERRABLE INITIALLY DEFERRED', '', qr/uq_task_commits/],
        ['an exclusion', 'CONSTRAINT ex_deployments_maintenance EXCLUDE USING gist (maintenance WITH &&)', 'CONSTRAINT ex_deployments_maintenance CHECK (true)',
            qr/ex_deployments_maintenance/],
        ['an option of a table', ' WITH (fillfactor = 90)', '', qr/changed table public.task_commits/],
        ['a precision', 'numeric(10,2)', 'numeric(10,3)', qr/changed column public.deployments.cost/],
        ['an order of columns', "    path         text,\n    branch_name  varchar(100),", "    branch_name  varchar(100),\n    path         text,",
            qr/changed column public.work_items/],
        ['an operator class', ' jsonb_path_ops', '', qr/changed index .*idx_deployments_metadata/],
        ['an INCLUDE', ' INCLUDE (title)', '', qr/changed index .*idx_tasks_open/],
        ['a trigger', "CREATE TRIGGER work_items_skip_unchanged BEFORE UPDATE ON work_items\n    FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();", '',
            qr/lost trigger public.work_items/]),

    # what is no fault of the migration
    ['a baseline that fails', 'fresh', {status => 3, says => qr/the baseline 005 cannot be built.*division by zero/}, before('SELECT 1/0')],
    ['a baseline without the tables', 'fresh', {status => 3, says => qr/no table repositories/}, before('ALTER TABLE repositories RENAME TO projects')],
    ['data that do not fit', 'existing-data', {status => 3, says => qr/nowhere/},
        ['fixtures/sample.sql', qr/\z/, "INSERT INTO nowhere VALUES (1);\n"]],
    ['data of another number', 'existing-data', {status => 3, says => qr/code_chunks: 6 rows/},
        ['fixtures/sample.sql', qr/,\n.*'lib.py'.*;/, ';']],
    ['a validation that is no SQL', 'fresh', {status => 2, says => qr/06_data_integrity_check.sql, line \d+: not SQL: syntax error/},
        ['validations/post-migration/06_data_integrity_check.sql', qr/JOIN/, 'JOINT JOINT']],
);

# The suite's copy with the damages done; dies if one does not apply.
sub damaged_suite {
    my ($folder, @damages) = @_;
    system('cp', '-R', $sound, $folder) == 0 or die 'cp failed';
    for my $damage (@damages) {
        my ($file, $pattern, $with) = @$damage;
        open my $in, '<', "$folder/$file" or die "$file: $!";
        my $text = do { local $/; <$in> };
        $text =~ $pattern or die "the damage finds nothing in $file: $pattern\n";
        my ($from, $to, $first) = ($-[0], $+[0], $1 // '');
        $with =~ s/^\$1/$first/;
        substr($text, $from, $to - $from, $with);
        open my $out, '>', "$folder/$file" or die "$file: $!";
        print $out $text;
        close $out or die "$file: $!";
    }
}

# Runs the suite; the exit status, the run record, what was said.
sub rehearse {
    my ($folder, $scenario, $output, @options) = @_;
    my $pid = open my $pipe, '-|' // die "fork: $!";
    if (!$pid) {
        open STDERR, '>&', \*STDOUT;
        open STDIN, '<', '/dev/null';
        exec "$build/bin/pgrehearse", 'run', $folder, '--scenario', $scenario, @small, '--output', $output, @options;
        die "exec: $!";
    }
    my $said = do { local $/; <$pipe> };
    close $pipe;
    my $status = $? >> 8;
    open my $in, '<', "$output/run.json" or return ($status, undef, $said);
    return ($status, decode_json(do { local $/; <$in> }), $said);
}

sub checks_of {
    my ($record) = @_;
    return map { @{ $_->{checks} } } map { @{ $_->{steps} } } map { @{ $_->{scenarios} } } @{ [$record] };
}

# What is wrong with how a row ended, one complaint each; and the names of the checks that failed.
sub judge {
    my ($number, $name, $scenario, @rest) = (@_);
    my %option = map {%$_} grep { ref eq 'HASH' } @rest;
    my @lists = grep { ref eq 'ARRAY' } @rest;
    my @expected = grep { ref $_->[0] eq 'Regexp' } @lists;
    my $folder = "$scratch/$number";
    damaged_suite($folder, @trusting, grep { ref $_->[0] ne 'Regexp' } @lists);
    # a server that is there already saves time; the SQLSTATE is only known from a log of our own
    my @server = grep({ $_->[2] } @expected) ? () : ('--server', $ENV{PGREHEARSE_TEST_SERVER});
    my ($status, $record, $said) = rehearse($folder, $scenario, "$folder.output", @server,
        $option{limit} ? ('--time-limit', $option{limit}) : ());
    my @complaints;
    my $wanted = $option{status} // 1;
    push @complaints, "exit status $status instead of $wanted" if $status != $wanted;
    push @complaints, 'no run record' if !$record;
    push @complaints, "nothing like $option{says} was said" if $option{says} && $said !~ $option{says};
    my @all = $record ? checks_of($record) : ();
    my @failed = grep { $_->{outcome} eq 'finding' } @all;
    for my $expected (@expected) {
        my ($check, $message, $sqlstate) = @$expected;
        push @complaints, "no finding of $check says $message"
            unless grep { $_->{name} =~ $check && ($_->{message} // '') =~ $message
                && (!$sqlstate || ($_->{sqlstate} // '') eq $sqlstate) } @failed;
    }
    if ($option{all}) {
        push @complaints, map {"'$_->{name}' did not fail"} grep { $_->{name} =~ $option{all} && $_->{outcome} ne 'finding' } @all;
    }
    push @complaints, $said if @complaints;
    system('rm', '-r', $folder, "$folder.output");
    return {complaints => \@complaints, failed => [map { $_->{name} } @failed]};
}

# --- the sound one first, with and without the checks of its own
damaged_suite("$scratch/trusting", @trusting);
my @sound_checks;
for my $folder ($sound, "$scratch/trusting") {
    my ($status, $record, $said) = rehearse($folder, 'quickstart', "$scratch/sound.output");
    is($status, 0, 'the sound suite passes' . ($folder ne $sound && ', without the checks of its own'))
        or BAIL_OUT($said);
    @sound_checks = checks_of($record);
}

# --- then the rows, a few at a time: one of them only waits
my $only = $ENV{EACH_CHECK_ROW};
@rows = grep { $_->[0] =~ /$only/ } @rows if $only;
my (%running, %result);
my $next = 0;
while ($next < @rows || %running) {
    while ($next < @rows && keys %running < 3) {
        my $number = $next++;
        my $pid = fork // die "fork: $!";
        if (!$pid) {
            my $begin = time;
            my $result = eval { judge($number, @{ $rows[$number] }) } || {complaints => ["$@"], failed => []};
            $result->{seconds} = time - $begin;
            open my $out, '>', "$scratch/$number.json" or POSIX::_exit(1);
            print $out encode_json($result);
            close $out;
            POSIX::_exit(0);
        }
        $running{$pid} = $number;
    }
    my $pid = waitpid -1, 0;
    delete $running{$pid};
}
my %seen;
for my $number (0 .. $#rows) {
    open my $in, '<', "$scratch/$number.json" or die "row $number: $!";
    my $result = decode_json(do { local $/; <$in> });
    ok(!@{ $result->{complaints} }, "$rows[$number][1]: $rows[$number][0]")
        or diag(join "\n", @{ $result->{complaints} });
    $seen{$_}++ for @{ $result->{failed} };
    note(sprintf '%.1f s', $result->{seconds});
}

# --- and nothing is left that never failed, but for what comes before the migration
if (!$only) {
    my %unseen;
    for my $check (@sound_checks) {
        my $name = $check->{name};
        next if $name =~ /^(a throwaway database|it has the rows|'\w+' is remembered)/;
        $name =~ s/within [0-9]+ s/within 1 s/;
        $unseen{$name}++ unless $seen{$name};
    }
    is_deeply([sort keys %unseen], [], 'each check of the suite has been seen to fail');
}
done_testing;
