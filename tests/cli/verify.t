#!/usr/bin/perl
# pgrehearse verify: the certificate is written here, from what docs/certify.md says of its format,
# so that the digests are those of another program too.
use strict;
use warnings;
use Digest::SHA qw(sha256_hex);
use File::Temp qw(tempdir);
use JSON::PP;
use POSIX qw(strftime);
use Test::More;

my $server = $ENV{PGREHEARSE_TEST_SERVER} or die "run this under tests/support/with-server\n";
my $folder = tempdir('pgr-verify-XXXXXX', TMPDIR => 1, CLEANUP => 1);
my ($suite, $password) = ("$folder/suite", q{a@b:c/d%e'f"g h});
delete @ENV{qw(DATABASE_URL PGPASSWORD PGHOST PGUSER PGDATABASE SSH_AUTH_SOCK)};
run('cp', '-r', 'tests/suites/library', $suite);
put("$suite/suite.yaml", get("$suite/suite.yaml") =~ s/(history: cat.*\n)/$1    version: echo 15\n/r);

sub get { open my $in, '<:raw', $_[0] or die "$_[0]: $!"; local $/; return scalar <$in> // '' }
sub put { open my $out, '>:raw', $_[0] or die "$_[0]: $!"; print $out $_[1]; close $out or die }
sub run { system(@_) == 0 or die "@_ failed\n" }

# A database at the baseline, and one who may only read it, over TCP with a hard password.
my ($before, $query) = $server =~ m{^(.*?)(\?.*)?$};
my $name = "verify_$$";
sub psql {
    my ($database, $sql) = @_;
    open my $out, '-|', 'psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-d', $database, '-c', $sql or die;
    local $/;
    my $result = <$out> // '';
    close $out or die "psql: $sql\n";
    $result =~ s{\n\z}{};
    return $result;
}
psql($server, "CREATE DATABASE $name");
(my $database = $server) =~ s{^(\w+://[^/]*)/[^?]*}{$1/$name} or die "$server\n";
END { psql($server, "DROP DATABASE IF EXISTS $name WITH (FORCE)") if $name }
run('psql', '-Xq', '-1', '-v', 'ON_ERROR_STOP=1', '-d', $database, '-f',
    "$suite/migrations/upgrade-1.sql");
psql($database, "INSERT INTO authors (name) SELECT 'a' || n FROM generate_series(1, 100) n");

sub digest_of_folder {
    my ($path) = @_;
    my @files = sort map { s{^\Q$path\E/}{}r } grep { -f && !m{/__pycache__/} } split /\n/, `find '$path'`;
    return map { {path => $_, sha256 => sha256_hex(get("$path/$_"))} } @files;
}
sub digest_of_list { return sha256_hex(join '', map {"$_->{sha256}  $_->{path}\n"} @_) }

sub suite_digest {
    my @entries;
    my $yaml = get("$suite/suite.yaml");
    my ($delta) = $yaml =~ /^delta: (\S+)/m;
    my ($requirements) = $yaml =~ /^requirements: (\S+)/m;
    push @entries, map { {path => $_, sha256 => sha256_hex(get("$suite/$_"))} }
        'suite.yaml', $requirements, $delta;
    while ($yaml =~ /folder: (validations\S+?)\}/g) {
        push @entries, {path => $1, sha256 => digest_of_list(digest_of_folder("$suite/$1"))};
    }
    while ($yaml =~ /^    (?:sql|recipe): (\S+)/mg) {
        push @entries, {path => $1, sha256 => sha256_hex(get("$suite/$1"))};
    }
    return digest_of_list(@entries);
}

my @lines = split /\n/, `pgrehearse snapshot --database '$database'`;
shift @lines;
cmp_ok(scalar @lines, '>', 5, 'the schema has facts');

my $json = JSON::PP->new->canonical->pretty;
sub certificate {
    my (%change) = @_;
    my $c = {
        '$schema' => 'urn:pgrehearse:certificate:1', format_version => 1, id => 'abc',
        pgrehearse => '0.1.0', made_at => strftime('%Y-%m-%dT%H:%M:%SZ', gmtime), made_by => 'test',
        verdict => 'passed', seconds => 1.5, upgrade_seconds => undef,
        suite => {name => 'library', sha256 => suite_digest()},
        migrator => {name => 'psql', version => '15', replaced => JSON::PP::false, baseline => '1',
            target => '2', history => [], files => [digest_of_folder("$suite/migrations")]},
        source => {dump => JSON::PP::false, display => 'postgresql://there/library',
            taken_at => undef, bytes => undef, rehearsed_on => undef, database => $name,
            system_identifier => psql($database, 'SELECT system_identifier FROM pg_control_system()'),
            server_version => psql($database, 'SHOW server_version') =~ s/ .*//r, revision => '1',
            extensions => [{name => 'plpgsql', version => '1.0'}], settings => [],
            schema_sha256 => sha256_hex(join '', map {"$_\n"} @lines), schema => [@lines], notes => []},
        tables => [map { {name => "public.$_->[0]", rows => $_->[1], before => 'a' x 32, after => 'a' x 32} }
            ['authors', 100], ['books', 0], ['loans', 0], ['schema_version', 1]],
        checklist => [], run => {'$schema' => 'urn:pgrehearse:run:1', verdict => 'passed'}, %change};
    my $path = "$folder/certificate.json";
    put($path, $json->encode($c));
    return $path;
}

# Runs it with its input from nowhere; returns exit code and both streams together.
sub verify {
    my $pid = open(my $in, '-|') // die;
    if (!$pid) {
        open STDERR, '>&', \*STDOUT or die;
        open STDIN, '<', '/dev/null' or die;
        exec 'timeout', '60', 'pgrehearse', 'verify', @_ or POSIX::_exit(99);
    }
    local $/;
    my $text = <$in> // '';
    close $in;
    return ($? >> 8, $text);
}

sub verifies {
    my ($what, $code, $pattern, @arguments) = @_;
    my ($found, $text) = verify(@arguments);
    subtest $what => sub {
        is($found, $code, "exit code $code") or diag($text);
        like($text, $_, "says $_") for ref $pattern eq 'ARRAY' ? @$pattern : $pattern;
    };
    return $text;
}

my @database = ('--database', $database);
my $path = certificate();
verifies('it holds', 0, [qr/^ok +migrations +\d+ files, unchanged$/m, qr/^holds\n\z/m], $suite, $path);
verifies('it holds of the database', 0,
    [qr/^ok +schema +as certified$/m, qr/^ok +revision +1$/m, qr/^ok +rows +as many/m, qr/^holds\n\z/m],
    $suite, $path, @database);

# files
my $file = "$suite/migrations/upgrade-2.sql";
my $sound = get($file);
put($file, $sound =~ s/e/E/r);
my $text = verifies('one byte of a migration', 1,
    [qr/^differs +migrations +upgrade-2\.sql has changed$/m, qr/^not valid: 1 difference\n\z/m],
    $suite, $path, @database);
like($text, qr/^note +revision +not asked$/m, 'changed migrations are not run to ask the revision');
put($file, $sound);
put("$suite/migrations/upgrade-3.sql", '');
verifies('a file more', 1, qr/^differs +migrations +upgrade-3\.sql is new$/m, $suite, $path);
unlink "$suite/migrations/upgrade-3.sql";
rename $file, "$folder/away";
verifies('a file less', 1, qr/^differs +migrations +upgrade-2\.sql is missing$/m, $suite, $path);
rename "$folder/away", $file;
chmod 0600, $file;
utime 1, 1, $file;
mkdir "$suite/migrations/__pycache__";
put("$suite/migrations/__pycache__/env.pyc", 'compiled');
verifies('mode, time and __pycache__ do not matter', 0, qr/^holds$/m, $suite, $path);
run('cp', '-r', "$suite/migrations", "$folder/elsewhere");
verifies('the same migrations elsewhere', 0, qr/^holds$/m, $suite, $path, '--migrations', "$folder/elsewhere");
put("$folder/elsewhere/upgrade-2.sql", 'other');
verifies('others elsewhere', 1, qr/upgrade-2\.sql has changed/, $suite, $path, '--migrations', "$folder/elsewhere");
put("$suite/validations/new", '');
verifies('a file beside the suite\'s does not matter', 0, qr/^holds$/m, $suite, $path);
my $delta = "$suite/expected/upgrade.delta";
my $approved = get($delta);
put($delta, "$approved# and no more\n");
verifies('the approved delta', 1, qr/^differs +suite +library has changed/m, $suite, $path);
put($delta, $approved);

# the certificate itself
verifies('it did not pass', 1, qr/^differs +verdict .*'findings'/m, $suite,
    certificate(verdict => 'findings', run => {'$schema' => 'urn:pgrehearse:run:1', verdict => 'findings'}));
verifies('too old', 1, qr/^differs +age .*the maximum age is 30 days/m, $suite,
    certificate(made_at => strftime('%Y-%m-%dT%H:%M:%SZ', gmtime(time - 31 * 86400))));
verifies('as old as one says', 0, qr/^holds$/m, $suite, $path, '--max-age', 40);
certificate();
verifies('no certificate', 2, qr/cannot read the certificate/, $suite, "$folder/none.json");
put("$folder/no.json", '{"a": 1}');
verifies('another file', 2, qr/is not a certificate: \$schema/, $suite, "$folder/no.json");
verifies('a folder', 2, qr/cannot read the certificate/, $suite, $folder);
verifies('no argument', 2, qr/which certificate/);
verifies('no suite of its name is shipped', 2, qr/no suite 'library'/, $path);
verifies('a certificate that names a path', 2, qr/which suite/,
    certificate(suite => {name => '../../evil', sha256 => 'a' x 64}));
verifies('no number of days', 2, qr/--max-age x/, $suite, certificate(), '--max-age', 'x');

# the database
psql($database, 'CREATE INDEX by_name ON authors (name); INSERT INTO authors (name) VALUES (\'z\')');
verifies('the schema', 1,
    [qr/^differs +schema +.*by_name/m, qr/^note +rows +public\.authors: 101 rows, 1\.0 % more/m],
    $suite, $path, @database);
psql($database, 'DROP INDEX by_name');
psql($database, 'UPDATE schema_version SET revision = 2');
verifies('the revision', 1, qr/^differs +revision +certified at 1, the database is at 2$/m, $suite, $path,
    @database);
psql($database, 'UPDATE schema_version SET revision = 1');
my $made = decode_json(get(certificate()));
$made->{source}{server_version} = '15.0.1';
$made->{source}{extensions} = [{name => 'vector', version => '0.7'}];
verifies('server and extensions', 1,
    [qr/^differs +server +certified on PostgreSQL 15\.0\.1, this is/m,
        qr/^differs +extensions +vector 0\.7 is missing$/m],
    $suite, certificate(source => $made->{source}), @database);
certificate();
$made = decode_json(get($path));
$made->{source}{database} = 'another';
verifies('another database', 1, qr/^differs +database +\Q$name\E; the certified one was another: certify this one/m,
    $suite, certificate(source => $made->{source}), @database);
$made = decode_json(get($path));
@{$made->{source}}{qw(database system_identifier)} = ($name, '7');
verifies('another cluster', 1, qr/^differs +database +\Q$name\E of another cluster; the certified one was \Q$name\E:/m,
    $suite, certificate(source => $made->{source}), @database);
@{$made->{source}}{qw(database system_identifier)} = (undef, undef);
verifies('of a dump nobody can tell', 0, qr/^holds$/m, $suite, certificate(source => $made->{source}), @database);
certificate();
put("$suite/suite.yaml", get("$suite/suite.yaml")
        =~ s/current: psql.*/current: psql -X -q -c "DELETE FROM authors"/r);
verifies('who asks for the revision can only read', 3, qr/cannot report its revision.*read-only/, $suite,
    certificate(), @database);
is(psql($database, 'SELECT count(*) FROM authors'), 101, 'no row is gone');
put("$suite/suite.yaml", get("$suite/suite.yaml")
        =~ s/current: psql.*/current: psql -X -A -t -c 'SELECT revision FROM schema_version'/r);
certificate();

# edited by somebody, and not signed
my $whole = JSON::PP->new->decode(get(certificate()));
verifies('without its tables', 2, qr/not a certificate: tables: expected public\.authors, which source\.schema has/, $suite,
    certificate(tables => []));
verifies('without tables and schema', 2, qr/not a certificate: tables: expected those of the source/, $suite,
    certificate(tables => [], source => {%{$whole->{source}}, schema => [], schema_sha256 => undef}));
verifies('another target', 1, qr/^differs +suite +certified from 1 to x, not from 1 to 2$/m, $suite,
    certificate(migrator => {%{$whole->{migrator}}, target => 'x'}));
verifies('a member of its own', 2, qr/not a certificate: source\.comment: expected no such member/, $suite,
    certificate(source => {%{$whole->{source}}, comment => 'fine'}));
verifies('a run that is none', 2, qr/not a certificate: run\.\$schema: expected this member/, $suite,
    certificate(run => {verdict => 'passed'}));
certificate();

# secrets
(my $encoded = $password) =~ s/([^A-Za-z0-9])/sprintf '%%%02X', ord $1/ge;
$text = verifies('no server', 3, [qr/^ok +migrations/m, qr/^pgrehearse: /m], $suite, $path, '--database',
    "postgresql://reader:$encoded\@127.0.0.1:1/$name");
unlike($text, qr/\Q$_\E/, 'no password is shown') for $password, $encoded;
unlike($text, qr/^holds$/m, 'and it does not say that it holds');

# signatures
sub key {
    my ($name, $passphrase) = @_;
    run("ssh-keygen -q -t ed25519 -N '$passphrase' -C '' -f $folder/$name");
    return get("$folder/$name.pub");
}
my ($mine, $theirs) = (key('mine', ''), key('theirs', ''));
put("$folder/signers", "dba\@example namespaces=\"pgrehearse\" $mine");
my @signers = ('--signers', "$folder/signers");
sub sign { run("ssh-keygen -q -Y sign -n pgrehearse -f $folder/$_[0] <$path >$path.sig 2>/dev/null") }
verifies('none is demanded', 0, qr/^note +signature +not signed$/m, $suite, $path);
verifies('one is demanded', 1, qr/^differs +signature +not signed/m, $suite, $path, @signers);
sign('mine');
verifies('signed', 0, qr/^ok +signature +good, by dba\@example$/m, $suite, $path, @signers);
verifies('signed, by whomever', 0, qr/^note +signature +valid signature/m, $suite, $path);
put($path, get($path) =~ s/"made_by" : "test"/"made_by" : "Test"/r);
verifies('changed since', 1, qr/^differs +signature +it does not match/m, $suite, $path, @signers);
verifies('changed since, no signers given', 1, qr/^differs +signature +it does not match/m, $suite, $path);
sign('theirs');
verifies('signed by another', 1, qr/^differs +signature +it is not by a signer/m, $suite, $path, @signers);
put("$path.sig", 'garbage');
verifies('no signature', 1, qr/^differs +signature/m, $suite, $path, @signers);
verifies('no file of signers', 2, qr/cannot read the signers/, $suite, $path, '--signers', "$folder/nobody");
{
    mkdir "$folder/bin";
    for my $tool (qw(sh psql cat echo timeout)) {
        (my $where = `sh -c 'command -v $tool'`) =~ s/\n//;
        symlink $where, "$folder/bin/$tool" if $where =~ m{^/};
    }
    (my $program = `sh -c 'command -v pgrehearse'`) =~ s/\n//;
    symlink $program, "$folder/bin/pgrehearse";
    local $ENV{PATH} = "$folder/bin";
    verifies('no ssh-keygen', 3, qr/openssh-client/, $suite, $path, @signers);
}
done_testing;
