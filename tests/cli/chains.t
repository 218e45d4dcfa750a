#!/usr/bin/perl
# The reference chain, as SQL files and as an Alembic project: both make the same schema, hand a
# database over to each other, and refuse the same things with the same words.
# Takes long.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../support";
use MigrationTest;
use Test::More;

my @revisions = qw(001 003 003a 005 002);
my %migrator = (native => \&migrate, alembic => \&alembic);
my @places = ('base', @revisions);

# --- the same schema at every revision, up and down, the upgrades taken in turns
my (%schema, $baseline, $target);
{
    my ($native, $alembic, $shared) = (database(), database(), database());
    my $turn = 0;
    my $both = sub {
        my ($direction, $revision) = @_;
        my $step = "$direction to $revision";
        is((migrate($native, $direction, $revision))[0], 0, "native: $step");
        is((alembic($alembic, $direction, $revision))[0], 0, "alembic: $step");
        my $which = $turn++ % 2 ? 'alembic' : 'native';
        is(($migrator{$which}->($shared, $direction, $revision))[0], 0, "$which goes on: $step");
        my $schema = schema($native);
        is(schema($alembic), $schema, "$step: the same schema from both");
        is(schema($shared), $schema, "$step: and from both in turns");
        $schema{$revision} //= $schema;
        is($schema, $schema{$revision}, "$step: the schema that it had before");
        return if $revision =~ /3/;    # Alembic is slow to start
        my @current = ((migrate($alembic, 'current'))[1], (alembic($native, 'current'))[1]);
        is($current[0], $current[1], "$step: each reads the other's revision");
    };
    $both->('upgrade', $_) for @revisions;
    is((migrate($shared, 'current'))[1], "002 (head)\n", 'the head');
    $both->('downgrade', $_) for reverse(('base', @revisions)[0 .. 4]);
    isnt($schema{$places[$_]}, $schema{$places[$_ - 1]}, "$places[$_] changes something") for 2 .. 5;
    is((migrate('', 'history'))[1], (alembic($native, 'history'))[1], 'the same history');
    $turn = 1;    # and the other way about
    $both->('upgrade', $_) for @revisions[0, 3, 4];
    $both->('downgrade', '005');

    $baseline = database();
    migrate($baseline, 'upgrade', '005');
    sql($baseline, qq{\\i @{[suite('fixtures/sample.sql')]}});
    is(value($baseline, 'SELECT (SELECT count(*) FROM repositories), (SELECT count(*) FROM code_chunks)'),
        '3|6', 'the sample: 3 repositories and 6 chunks');
    drop_databases($native, $alembic, $shared);
}

# --- the log is the page's
my $up = <<'E';
INFO [alembic.runtime.migration] Context impl PostgresqlImpl.
INFO [alembic.runtime.migration] Will assume transactional DDL.
INFO [alembic.runtime.migration] Running upgrade 005 -> 002, Remove non-search tables and add project_id columns
INFO [migration.002] Step 1/10: Checking prerequisites...
INFO [migration.002] Step 1/10: Complete
INFO [migration.002] Step 2/10: Verifying foreign key constraints...
NOTICE: No blocking foreign keys found
INFO [migration.002] Step 2/10: Complete
INFO [migration.002] Step 3/10: Adding project_id to repositories table...
NOTICE: Column added with default 'default'
INFO [migration.002] Step 3/10: Complete
INFO [migration.002] Step 4/10: Adding project_id to code_chunks table...
NOTICE: Column added, populated from parent repositories
INFO [migration.002] Step 4/10: Complete
INFO [migration.002] Step 5/10: Adding validation constraints...
NOTICE: CHECK constraints added
INFO [migration.002] Step 5/10: Complete
INFO [migration.002] Step 6/10: Creating performance index...
NOTICE: Index idx_project_repository created
INFO [migration.002] Step 6/10: Complete
INFO [migration.002] Step 7/10: Dropping unused tables...
NOTICE: 9 tables dropped
INFO [migration.002] Step 7/10: Complete
INFO [migration.002] Step 8/10: Running validation checks...
INFO [migration.002] Step 8/10: Complete - All validations passed
INFO [migration.002] Migration 002 completed successfully in N.NNs
INFO [migration.002] Step 1/10: N.NNs (prerequisites)
INFO [migration.002] Step 2/10: N.NNs (foreign key check)
INFO [migration.002] Step 3/10: N.NNs (add repositories.project_id)
INFO [migration.002] Step 4/10: N.NNs (add + populate code_chunks.project_id)
INFO [migration.002] Step 5/10: N.NNs (add constraints)
INFO [migration.002] Step 6/10: N.NNs (create index)
INFO [migration.002] Step 7/10: N.NNs (drop 9 tables)
INFO [migration.002] Step 8/10: N.NNs (validation)
INFO [migration.002] Total: N.NNs
E
my $down = <<'E';
INFO [alembic.runtime.migration] Context impl PostgresqlImpl.
INFO [alembic.runtime.migration] Will assume transactional DDL.
INFO [alembic.runtime.migration] Running downgrade 002 -> 005, Rollback: Remove non-search tables
INFO [migration.002] Rollback Step 1/6: Dropping performance index...
INFO [migration.002] Rollback Step 1/6: Complete
INFO [migration.002] Rollback Step 2/6: Dropping validation constraints...
INFO [migration.002] Rollback Step 2/6: Complete
INFO [migration.002] Rollback Step 3/6: Dropping project_id from code_chunks...
INFO [migration.002] Rollback Step 3/6: Complete
INFO [migration.002] Rollback Step 4/6: Dropping project_id from repositories...
INFO [migration.002] Rollback Step 4/6: Complete
INFO [migration.002] Rollback Step 5/6: Restoring dropped tables (schema only)...
WARNING: Data in dropped tables NOT restored. Restore from backup if needed.
INFO [migration.002] Rollback Step 5/6: Complete - 9 tables restored
INFO [migration.002] Rollback Step 6/6: Running validation...
INFO [migration.002] Rollback Step 6/6: Complete
INFO [migration.002] Migration 002 rollback completed successfully in N.NNs
E
my $rows = q{SELECT md5(string_agg(t, E'\n')) FROM (
    SELECT (to_jsonb(r) - 'project_id')::text AS t FROM repositories r
    UNION ALL SELECT (to_jsonb(c) - 'project_id')::text FROM code_chunks c ORDER BY 1) AS t};
my $kept = value($baseline, $rows);
for my $name ('native', 'alembic') {
    my $url = database($baseline);
    sql($url, q{INSERT INTO work_items (item_type, title, created_by) VALUES ('task', 't', 'u')});
    my $log = scratch("$name.log");
    local $ENV{MIGRATION_LOG} = $log;
    my $err = ($migrator{$name}->($url, 'upgrade', 'head'))[2];
    is(read_file($log), $err, "$name: the log file gets it too");
    is($err =~ s/\d+\.\d\ds/N.NNs/gr, $up, "$name: the upgrade's log");
    is(value($url, $rows), $kept, "$name: the rows are as they were");
    is(value($url, 'SELECT DISTINCT c.project_id, r.project_id FROM code_chunks c, repositories r'),
        'default|default', "$name: with project_id 'default'");
    $err = ($migrator{$name}->($url, 'upgrade', 'head'))[2];
    is($err, join('', (split /^/, $up)[0, 1]), "$name: a second run does nothing");
    $err = ($migrator{$name}->($url, 'downgrade', '-1'))[2];
    # Alembic has one message for both directions
    my $expected = $name eq 'native' ? $down
        : $down =~ s/Rollback: Remove non-search tables/Remove non-search tables and add project_id columns/r;
    is($err =~ s/\d+\.\d\ds/N.NNs/gr, $expected, "$name: the rollback's log");
    is(schema($url), schema($baseline), "$name: the rollback restores the schema");
    is(value($url, $rows), $kept, "$name: and keeps the rows");
    is(value($url, 'SELECT count(*) FROM work_items'), 0, "$name: of the dropped tables none");
    drop_databases($url);
}

# --- what it refuses: damage, the words expected, the remedy that lets it through
my $orphans = q{SET session_replication_role = replica;
    INSERT INTO code_chunks (id, repository_id, file_path, content, start_line, end_line)
    SELECT format('00000000-0000-0000-0000-00000000000%s', n)::uuid,
           '99999999-9999-9999-9999-999999999999', 'f', 'c', 1, 1 FROM generate_series(1, 6) AS n};
my @faults = (
    ['a foreign key to a table that stays',
        'ALTER TABLE tasks ADD repo uuid CONSTRAINT fk_repo REFERENCES repositories',
        'Foreign key constraint detected: tasks.fk_repo references repositories',
        'ALTER TABLE tasks DROP CONSTRAINT fk_repo'],
    ['one to the other',
        'ALTER TABLE deployments ADD chunk uuid CONSTRAINT "Chunk" REFERENCES code_chunks',
        'Foreign key constraint detected: deployments."Chunk" references code_chunks',
        'ALTER TABLE deployments DROP CONSTRAINT "Chunk"'],
    ['a foreign key from elsewhere to a table that goes',
        'CREATE TABLE audit (item uuid CONSTRAINT fk_item REFERENCES work_items)',
        'Foreign key constraint detected: audit.fk_item references work_items',
        'ALTER TABLE audit DROP CONSTRAINT fk_item'],
    ['a view of a table that goes', 'CREATE VIEW names AS SELECT name FROM vendors',
        'because other objects depend on', 'DROP VIEW names'],
    ['orphaned chunks', $orphans, '6 code_chunks would have NULL project_id (orphaned chunks)',
        'DELETE FROM code_chunks WHERE repository_id NOT IN (SELECT id FROM repositories)'],
    ['another index of that name', 'CREATE INDEX idx_project_repository ON repositories (id)',
        'Index idx_project_repository has another definition: CREATE INDEX idx_project_repository ON public.repositories USING btree (id)',
        'DROP INDEX idx_project_repository'],
    ['a table of that name', 'CREATE TABLE idx_project_repository ()',
        'Index idx_project_repository has another definition: it is no index',
        'DROP TABLE idx_project_repository'],
    ['an invalid index', q{ALTER TABLE repositories ADD project_id varchar(50) NOT NULL DEFAULT 'default';
        CREATE INDEX idx_project_repository ON repositories (project_id, id);
        UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'idx_project_repository'::regclass},
        'Index idx_project_repository is invalid', 'DROP INDEX idx_project_repository'],
    ['another column of that name', 'ALTER TABLE repositories ADD project_id text',
        'Column repositories.project_id has another definition: text',
        'ALTER TABLE repositories DROP project_id'],
    ['a column with another default', q{ALTER TABLE repositories ADD project_id varchar(50) NOT NULL DEFAULT 'x'},
        q(another definition: character varying(50) NOT NULL DEFAULT 'x'::character varying),
        q{ALTER TABLE repositories ALTER project_id SET DEFAULT 'default',
          ALTER project_id TYPE varchar(50)}],
    ['a column of another collation',
        q{ALTER TABLE repositories ADD project_id varchar(50) COLLATE "C" NOT NULL DEFAULT 'default'},
        'another definition: character varying(50) NOT NULL', 'ALTER TABLE repositories DROP project_id'],
    ['half of it', 'ALTER TABLE code_chunks ADD project_id varchar(50)',
        'Half of migration 002 is there already: column code_chunks.project_id',
        'ALTER TABLE code_chunks DROP project_id'],
    ['a missing table', 'ALTER TABLE tasks RENAME TO jobs', 'Tables missing: tasks',
        'ALTER TABLE jobs RENAME TO tasks'],
    ['a project_id that breaks the rule', q{ALTER TABLE repositories ADD project_id varchar(50) NOT NULL DEFAULT 'default';
        UPDATE repositories SET project_id = 'No_Good' WHERE path = '/test/repo1'},
        'check constraint "check_repositories_project_id" of relation "repositories" is violated',
        q{UPDATE repositories SET project_id = 'good'}],
);
for my $name ('native', 'alembic') {
    # Alembic takes half a second to start, so that it shows the words of a few only
    for my $fault ($name eq 'native' ? @faults : @faults[0, 2, 4, 7]) {
        my ($what, $damage, $message, $remedy) = @$fault;
        my $url = database($baseline);
        sql($url, $damage);
        my @before = (schema($url), value($url, $rows));
        my ($status, undef, $err) = $migrator{$name}->($url, 'upgrade', 'head');
        ok($status == ($name eq 'native' ? 1 : $status || 1) && index($err, $message) >= 0,
            "$name: $what") or diag("status $status: $err");
        is_deeply([schema($url), value($url, $rows)], \@before, "$name: $what: nothing was changed");
        is(value($url, 'SELECT version_num FROM alembic_version'), '005', "$name: $what: at 005");
        sql($url, $remedy);
        ($status, undef, $err) = $migrator{$name}->($url, 'upgrade', 'head');
        is($status, 0, "$name: $what: the remedy helps") or diag($err);
        drop_databases($url);
    }
}
{
    my $url = database($baseline);
    sql($url, $orphans);
    my $err = (migrate($url, 'upgrade', 'head'))[2];
    like($err, qr/^DETAIL: Their repository does not exist: 0+-0000-0000-0000-0+1, .*0005, \.\.\.$/m,
        'a few of the orphans are named');
    like($err, qr/^HINT: Delete them: DELETE FROM code_chunks WHERE repository_id NOT IN/m, 'and the remedy');
    drop_databases($url);
}

# --- the index made beforehand, and values that differ
for my $name ('native', 'alembic') {
    my $url = database($baseline);
    sql($url, q{ALTER TABLE repositories ADD project_id varchar(50) NOT NULL DEFAULT 'default'},
        'CREATE INDEX CONCURRENTLY idx_project_repository ON repositories (project_id, id)',
        q{UPDATE repositories SET project_id = 'my-project' WHERE path = '/test/repo2'});
    my $oid = value($url, q{SELECT 'idx_project_repository'::regclass::oid});
    my ($status, undef, $err) = $migrator{$name}->($url, 'upgrade', 'head');
    ok($status == 0 && $err =~ /Index idx_project_repository is there already, left as it is/,
        "$name: an index made beforehand") or diag($err);
    is(value($url, q{SELECT 'idx_project_repository'::regclass::oid}), $oid, "$name: is left");
    is(value($url, 'SELECT string_agg(c.project_id, \' \' ORDER BY r.path) FROM code_chunks c
                      JOIN repositories r ON r.id = c.repository_id'),
        'default default my-project my-project default default', "$name: chunks copy their parent's value");
    is(schema($url), $schema{'002'}, "$name: the schema is the target's");
    is(($migrator{$name}->($url, 'downgrade', '-1'))[0], 0, "$name: and back");
    is(schema($url), $schema{'005'}, "$name: to the baseline's");
    drop_databases($url);
}

# --- cheap: no row is written anew when every value is the default
{
    my $url = database($baseline);
    my $places = q{SELECT pg_relation_filenode('code_chunks'), md5(string_agg(ctid::text || xmin::text, ' '))
                     FROM code_chunks};
    my $before = value($url, $places);
    migrate($url, 'upgrade', 'head');
    is(value($url, $places), $before, 'no table is rewritten and no row is updated');

    # --- the rule, enforced by the database
    my @accepted = ('default', 'my-project', 'proj-123', 'a', '7', 'a-b-c',
        'a-very-long-project-name-with-exactly-fifty-ch', 'x' x 50);
    my @refused = ('My-Project', 'my_project', 'my project', '-my-project', 'my-project-', 'a--b', '',
        '-', ' a', 'a ', "a\n", "\n", "a\nb", 'x' x 51, "'; DROP TABLE repositories; --",
        '../../../etc/passwd', 'project@#$%', "\xC3\xA9t\xC3\xA9", "\xD0\xB0", "\xEF\xBC\xA1",
        "\xC5\xBF", "\xE2\x84\xAA", "a\xE2\x80\x8B", "\xD9\xA1");
    my $try = sub {
        my ($id) = @_;
        (my $quoted = $id) =~ s/'/''/g;
        eval { sql($url, "BEGIN", "INSERT INTO repositories (path, project_id, indexed_at) VALUES
            ('/try', '$quoted', now())", 'ROLLBACK') };
        return $@ =~ /violates check constraint "check_repositories_project_id"|value too long/ ? 'refused'
            : $@ ? "error: $@" : 'accepted';
    };
    is($try->($_), 'accepted', "'$_' is accepted") for @accepted;
    is($try->($_), 'refused', "'" . s/\n/\\n/gr . "' is refused") for @refused;
    drop_databases($url);
}

# --- a database whose settings put every name in quotes, with an index made beforehand and without
for my $name ('native', 'alembic') {
    my ($plain, $url) = (database($baseline), database($baseline));
    my ($database) = $url =~ m{/(\w+)\?};
    sql($url, "ALTER DATABASE $database SET quote_all_identifiers = on");
    for my $direction (['upgrade', '002'], ['downgrade', '005']) {
        $migrator{$name}->($plain, @$direction);
        my ($status, undef, $err) = $migrator{$name}->($url, @$direction);
        is($status, 0, "$name: $direction->[0] where all names are quoted") or diag($err);
        local $ENV{PGOPTIONS} = '-c quote_all_identifiers=off';
        is(schema($url), schema($plain), "$name: the same schema as elsewhere");
    }
    sql($url, q{ALTER TABLE repositories ADD COLUMN project_id varchar(50) NOT NULL DEFAULT 'default'},
        'CREATE INDEX idx_project_repository ON repositories (project_id)');
    my ($status, undef, $err) = $migrator{$name}->($url, 'upgrade', '002');
    ok($status != 0 && $err =~ /Index idx_project_repository has another definition/,
        "$name: another index of that name is refused there") or diag($err);
    sql($url, 'DROP INDEX idx_project_repository',
        'CREATE INDEX idx_project_repository ON repositories (project_id, id)');
    ($status, undef, $err) = $migrator{$name}->($url, 'upgrade', '002');
    ok($status == 0 && $err =~ /Index idx_project_repository is there already, left as it is/,
        "$name: and the right one is left") or diag($err);
    drop_databases($plain, $url);
}

# --- a failure in any step, up and down, leaves the database as it was
{
    my $url = database($baseline);
    my $folder = copy_of(suite('migrations'));
    my $file = "$folder/002_remove_non_search_tables.sql";
    my ($header, @parts) = split /^(?=-- step: )/m, read_file($file);
    is(scalar @parts, 14, 'eight steps up, six down');
    my $fail = sub {
        my ($step, $direction) = @_;
        my @damaged = @parts;
        $damaged[$step] =~ s{(\n-- down|\z)}{\nSELECT 1/0;\n$1};
        write_file($file, join '', $header, @damaged);
        my @before = (schema($url), value($url, $rows));
        my ($status, undef, $err) = run({DATABASE_URL => $url, DIRECTORY => $folder},
            'pgrehearse-migrate', $direction, $direction eq 'upgrade' ? 'head' : '-1');
        my ($number) = $direction eq 'upgrade' ? $step + 1 : $step - 7;
        ok($status == 1 && $err =~ m{division by zero \(SQLSTATE 22012; \S+, line \d+, step $number/},
            "a failure in step $number of the $direction") or diag($err);
        is_deeply([schema($url), value($url, $rows)], \@before, 'leaves the database as it was');
    };
    $fail->($_, 'upgrade') for 0 .. 7;
    migrate($url, 'upgrade', 'head');
    $fail->($_, 'downgrade') for 8 .. 13;
    drop_databases($url);

    $url = database($baseline);
    my $project = copy_of(suite('alembic'));
    $file = "$project/versions/002_remove_non_search_tables.py";
    my $code = read_file($file);
    $code =~ s/^    steps\.log_timings\(\)$/    op.execute("SELECT 1\/0")/m or die;
    write_file($file, $code);
    my $before = schema($url);
    my ($status, undef, $err) =
        run({DATABASE_URL => $url, DIRECTORY => $project}, 'alembic', 'upgrade', 'head');
    ok($status != 0 && $err =~ /division by zero/, 'alembic: a failure after the last step');
    is(schema($url), $before, 'leaves the database as it was');
    is(value($url, 'SELECT version_num FROM alembic_version'), '005', 'at 005');

    # --- the two do not run at the same time
    my $holder = start({}, 'psql', '-qX', $url, '-c',
        'SELECT pg_advisory_lock(8099568234717864306)', '-c', 'SELECT pg_sleep(900)');
    my $waiting = sub { value($url, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())") };
    wait_until(sub { value($url, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())") }, 'the lock');
    my $child = start({DATABASE_URL => $url, DIRECTORY => suite('alembic')}, 'alembic', 'upgrade', 'head');
    ok(wait_until($waiting, 'alembic to wait'), 'alembic waits for the lock of pgrehearse-migrate');
    is(value($url, 'SELECT version_num FROM alembic_version'), '005', 'and does nothing meanwhile');
    kill 'TERM', $holder->{pid};
    sql($url, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'");
    finish($holder);
    is((finish($child))[0], 0, 'then goes on');
}

done_testing();
