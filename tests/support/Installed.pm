package Installed;

# What tests of an installation share: a small project outside the source tree, and a run in it by the
# program under PREFIX/bin, which finds nothing of ours on its PATH.
use strict;
use warnings;
use Exporter qw(import);
use File::Find qw(find);
use File::Path qw(make_path);
our @EXPORT = qw(command files_under rehearse small_project write_file);

# (exit code, what was printed on either stream)
sub command {
    my ($line) = @_;
    my $said = `$line 2>&1 </dev/null`;
    return ($? >> 8, $said);
}

sub write_file {
    my ($path, $text) = @_;
    make_path($path =~ m{(.*)/});
    open my $out, '>', $path or die "$path: $!\n";
    print $out $text;
    close $out or die "$path: $!\n";
}

# Every file, folder and link below a folder, with mode and size, in order.
sub files_under {
    my ($folder) = @_;
    my @files;
    find({no_chdir => 1, wanted => sub {
        my @status = lstat;
        push @files, sprintf '%s %o %d', substr($_, length $folder), $status[2], -d _ ? 0 : $status[7];
    }}, $folder);
    return sort @files;
}

sub small_project {
    my ($folder) = @_;
    write_file("$folder/migrations/000001_shop.up.sql",   "CREATE TABLE shop (id int PRIMARY KEY, name text NOT NULL);\n");
    write_file("$folder/migrations/000001_shop.down.sql", "DROP TABLE shop;\n");
    write_file("$folder/migrations/000002_town.up.sql",   "ALTER TABLE shop ADD COLUMN town text;\n");
    write_file("$folder/migrations/000002_town.down.sql", "ALTER TABLE shop DROP COLUMN town;\n");
    return $folder;
}

sub rehearse {
    my ($prefix, $project) = @_;
    my $kept = join ' ', map { defined $ENV{$_} ? "$_=$ENV{$_}" : () } qw(HOME TMPDIR);
    return command("cd $project && env -i PATH=/usr/bin:/bin $kept $prefix/bin/pgrehearse run --scenario fresh,rollback");
}
1;
