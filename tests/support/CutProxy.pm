# A server's TCP connection that can be cut: a process that passes every byte between clients on a
# port of 127.0.0.1 and a server's Unix socket, until it is told to cut them off.
package CutProxy;
use strict;
use warnings;
use IO::Select;
use IO::Socket::INET;
use IO::Socket::UNIX;
use List::Util qw(min);
use POSIX qw(_exit);
use Time::HiRes qw(sleep);

# $socket: the server's; $folder: an empty one, for what is told and heard.
sub new {
    my ($class, $socket, $folder) = @_;
    my $listener = IO::Socket::INET->new(Listen => 50, LocalAddr => '127.0.0.1', ReuseAddr => 1) or die "no port: $!";
    my $self = bless {folder => $folder, port => $listener->sockport, owner => $$}, $class;
    $self->{pid} = fork // die "fork: $!";
    return $self if $self->{pid};
    $SIG{$_} = 'DEFAULT' for qw(INT TERM HUP);
    eval { serve($self, $listener, $socket); 1 } or print STDERR $@;
    _exit(1);
}

sub stop { my ($self) = @_; kill 'KILL', $self->{pid}; waitpid $self->{pid}, 0; return }
sub DESTROY { my ($self) = @_; local $?; $self->stop if $self->{owner} == $$; return }

# From here on: the server is away, or there again.
sub down { my ($self) = @_; $self->tell('down'); sleep 0.01 until -e "$self->{folder}/is-down"; return }
sub up { my ($self) = @_; unlink map { "$self->{folder}/$_" } qw(down cut); sleep 0.01 while -e "$self->{folder}/is-down"; return }

# Cuts all once a client of this application_name has sent what matches: before the server has it, or
# after it has, and before it answers. The server is away then, but for a blip; with `only`, that one
# connection is cut and all others live on.
sub cut_at {
    my ($self, $application, $pattern, %how) = @_;
    unlink "$self->{folder}/was-cut";
    $self->tell('cut', join "\n", $how{after} ? 1 : 0, $how{blip} || $how{only} ? 1 : 0, $application, $pattern,
        $how{only} ? 1 : 0);
    return;
}
sub was_cut { my ($self) = @_; return -e "$self->{folder}/was-cut" }

sub tell {
    my ($self, $name, $content) = @_;
    open my $file, '>', "$self->{folder}/.new" or die $!;
    print $file $content // '';
    close $file or die $!;
    rename "$self->{folder}/.new", "$self->{folder}/$name" or die $!;
    return;
}

# Whether this is where it is to be cut; then that is noted.
sub is_the_cut {
    my ($self, $start, $heard, $bytes, $server) = @_;
    $$start .= substr $bytes, 0, 500 if length $$start < 500;
    my $all = $$heard . $bytes;
    $$heard = substr $all, -min(100, length $all);
    open my $file, '<', "$self->{folder}/cut" or return 0;
    my ($after, $blip, $application, $pattern, $only) = map { chomp; $_ } <$file>;
    return 0 unless $$start =~ /application_name\0$application/ && $all =~ /$pattern/s;
    if ($after) {
        syswrite $server, $bytes;
        sleep 0.3; # the server has done it by then, or does so soon
    }
    unlink "$self->{folder}/cut";
    $self->tell('down') unless $blip;
    $self->tell('was-cut');
    return $only ? 'only' : 'all';
}

sub serve {
    my ($self, $listener, $path) = @_;
    my $folder = $self->{folder};
    my $select = IO::Select->new($listener);
    my (%peer, %start, %heard); # of a client its first bytes, which tell its name, and its last
    my $cut_all = sub {
        for my $socket (grep { $_ != ($listener // 0) } $select->handles) { $select->remove($socket); close $socket }
        %peer = %start = %heard = ();
    };
    for (;;) {
        if (-e "$folder/down" && $listener) {
            $select->remove($listener);
            close $listener;
            undef $listener;
            $cut_all->();
            $self->tell('is-down');
        } elsif (!-e "$folder/down" && !$listener) {
            $listener = IO::Socket::INET->new(Listen => 50, LocalAddr => '127.0.0.1', LocalPort => $self->{port},
                ReuseAddr => 1) or die "no port: $!";
            $select->add($listener);
            unlink "$folder/is-down";
        }
        for my $socket ($select->can_read(0.02)) {
            if ($listener && $socket == $listener) {
                my $client = $listener->accept or next;
                my $server = IO::Socket::UNIX->new(Peer => $path) or die "$path: $!";
                $peer{$client} = $server;
                $peer{$server} = $client;
                $start{$client} = $heard{$client} = '';
                $select->add($client, $server);
                next;
            }
            my $other = $peer{$socket} or next;
            my $length = sysread $socket, my $bytes, 65536;
            if (!$length) {
                $select->remove($socket, $other);
                delete @peer{$socket, $other};
                close $_ for $socket, $other;
                next;
            }
            my $cut = defined $start{$socket} && $self->is_the_cut(\$start{$socket}, \$heard{$socket}, $bytes, $other);
            if ($cut && $cut eq 'only') {
                $select->remove($socket, $other);
                delete @peer{$socket, $other};
                close $_ for $socket, $other;
                next;
            }
            if ($cut) {
                $cut_all->();
                last;
            }
            my $at = 0;
            while ($at < length $bytes) { # clients and servers read: it does not wait for long
                my $written = syswrite $other, $bytes, length($bytes) - $at, $at;
                last if !defined $written;
                $at += $written;
            }
        }
    }
}

1;
