# Databases, commands and expectations for the tests of the migrators.
package MigrationTest;
use strict;
use warnings;
use Cwd qw(abs_path);
use Exporter 'import';
use File::Basename qw(dirname);
use File::Path qw(make_path);
use File::Temp qw(tempdir);
use POSIX qw(_exit);
use Test::More;

our @EXPORT = qw(database drop_databases run finish start sql value schema migrate alembic
    scratch write_file read_file suite copy_of folder_of wait_until);

my $root = abs_path(dirname(__FILE__) . '/../..');
my $build = abs_path($ENV{PGREHEARSE_BUILD} || "$root/build");
$ENV{PATH} = "$build/bin:/usr/bin:$ENV{PATH}";    # Debian's alembic wants Debian's python3
$ENV{PYTHONDONTWRITEBYTECODE} = 1;
delete @ENV{qw(DATABASE_URL MIGRATION_LOG)};

my $server = $ENV{PGREHEARSE_TEST_SERVER}
    or BAIL_OUT('set PGREHEARSE_TEST_SERVER, or run this beneath tests/support/with-server');
my $scratch = tempdir(CLEANUP => 1);
my @databases;
my $count = 0;

sub suite { return "$root/fixtures/suites/migration_002/" . ($_[0] // '') }
sub scratch { return "$scratch/" . $_[0] }

# A new database's URL; $_[0] may name a template.
sub database {
    my ($template) = @_;
    my $name = 'migrate_test_' . $$ . '_' . ++$count;
    $template = $template && $template =~ m{/(\w+)\?} ? $1 : 'template0';
    sql($server, "CREATE DATABASE $name TEMPLATE $template");
    push @databases, $name;
    (my $url = $server) =~ s{/postgres\?}{/$name?} or die 'the server URL has another form';
    sql($url, 'CREATE EXTENSION IF NOT EXISTS vector') if $template eq 'template0';
    return $url;
}

# Those of the URLs given, or all.
sub drop_databases {
    my @names = @_ ? map { m{/(\w+)\?} } @_ : splice @databases;
    sql($server, "DROP DATABASE IF EXISTS $_ WITH (FORCE)") for @names;
}
END { my $status = $?; drop_databases(); $? = $status }

sub read_file {
    my ($path) = @_;
    open my $file, '<', $path or die "$path: $!";
    local $/;
    my $content = <$file>;
    return defined $content ? $content : '';
}

sub write_file {
    my ($path, $content) = @_;
    open my $file, '>', $path or die "$path: $!";
    print $file $content;
    close $file or die "$path: $!";
    return $path;
}

# A command in the background: {pid, out, err} with the files that take its output. OUTPUT in the
# environment is the number of a descriptor that takes standard output instead.
sub start {
    my ($environment, @command) = @_;
    my $id = ++$count;
    my $child = {out => scratch("out$id"), err => scratch("err$id")};
    write_file($_, '') for $child->{out}, $child->{err};
    $child->{pid} = fork // die "fork: $!";
    return $child if $child->{pid};
    my %environment = (%ENV, %$environment);
    chdir $environment{DIRECTORY} or _exit(126) if $environment{DIRECTORY};
    my $output = delete $environment{OUTPUT};
    %ENV = %environment;
    $output ? open(STDOUT, '>&', $output) : open(STDOUT, '>', $child->{out}) or _exit(126);
    open STDERR, '>', $child->{err} or _exit(126);
    exec { $command[0] } @command or _exit(127);    # no END block in the child
}

# Its (status, standard output, standard error); the status of a signal is 128 and its number.
sub finish {
    my ($child) = @_;
    waitpid $child->{pid}, 0;
    my $status = $? & 127 ? 128 + ($? & 127) : $? >> 8;
    return ($status, read_file($child->{out}), read_file($child->{err}));
}

sub run { return finish(start(@_)) }

# A migrator in its folder against a database; (status, stdout, stderr).
sub migrate {
    my ($url, @arguments) = @_;
    return run({DATABASE_URL => $url, DIRECTORY => suite('migrations')},
        'pgrehearse-migrate', @arguments);
}

sub alembic {
    my ($url, @arguments) = @_;
    return run({DATABASE_URL => $url, DIRECTORY => suite('alembic')}, 'alembic', @arguments);
}

sub sql {
    my ($url, @statements) = @_;
    my ($status, undef, $err) =
        run({}, qw(psql -qX -v ON_ERROR_STOP=1), $url, map { ('-c', $_) } @statements);
    die "psql: $err" if $status;
    return;
}

sub value {
    my ($url, $query) = @_;
    my ($status, $out, $err) = run({}, qw(psql -qXAt -v ON_ERROR_STOP=1), $url, '-c', $query);
    die "psql: $err" if $status;
    chomp $out;
    return $out;
}

# pg_dump's words for the schema; its later versions guard a dump with a random key.
sub schema {
    my ($url) = @_;
    my ($status, $out, $err) = run({}, qw(pg_dump --schema-only), $url);
    die "pg_dump: $err" if $status;
    $out =~ s/^\\(un)?restrict .*\n//mg;
    return $out;
}

# A folder with these files, whose names may lead into folders below it; (name => content, …).
sub folder_of {
    my (%files) = @_;
    my $folder = scratch('folder' . ++$count);
    mkdir $folder or die;
    for my $name (keys %files) {
        make_path(dirname("$folder/$name"));
        write_file("$folder/$name", $files{$name});
    }
    return $folder;
}

# A copy of a folder and those beneath it, to damage.
sub copy_of {
    my ($folder) = @_;
    my $copy = scratch('copy' . ++$count);
    system('cp', '-R', $folder, $copy) == 0 or die;
    return $copy;
}

# However slow the machine is: two minutes are for a condition that never comes.
sub wait_until {
    my ($condition, $what) = @_;
    my $deadline = time + 120;
    do {
        return 1 if $condition->();
        select undef, undef, undef, 0.05;
    } while time < $deadline;
    diag("waited in vain for: $what");
    return 0;
}

1;
