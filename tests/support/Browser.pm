# A headless Chromium, spoken to over a pipe in its DevTools protocol (--remote-debugging-pipe: JSON
# messages that end in NUL, file descriptors 3 and 4), and a web server of one page with its headers.
package Browser;
use strict;
use warnings;
use Fcntl qw(F_DUPFD);
use File::Temp qw(tempdir);
use IO::Select;
use IO::Socket::INET;
use JSON::PP;
use MIME::Base64 qw(decode_base64);
use POSIX qw(dup2 _exit);
use Time::HiRes qw(time);

my $json = JSON::PP->new->utf8->allow_nonref;

# The program; a package that only points to a snap says so when asked for its version.
sub program {
    for my $name (qw(chromium chromium-browser google-chrome google-chrome-stable)) {
        for my $folder (split /:/, $ENV{PATH}) {
            next unless -x "$folder/$name";
            return "$folder/$name" if (`'$folder/$name' --version --no-sandbox 2>/dev/null` // '') =~ /\d+\.\d+/;
        }
    }
    die "no Chromium here: install the package chromium (or google-chrome)\n";
}

sub new {
    my ($class) = @_;
    my $program = program();
    my $home = tempdir('pgr-browser-XXXXXX', TMPDIR => 1, CLEANUP => 1);
    pipe(my $ask_read, my $ask_write) or die "pipe: $!";
    pipe(my $tell_read, my $tell_write) or die "pipe: $!";
    my $pid = fork // die "fork: $!";
    if (!$pid) {
        setpgrp;
        $ENV{HOME} = $home;
        open STDIN, '<', '/dev/null';
        open STDOUT, '>', "$home/log";
        open STDERR, '>&', \*STDOUT;
        # first out of the way of 3 and 4
        my ($in, $out) = map { fcntl $_, F_DUPFD, 10 } $ask_read, $tell_write;
        dup2($in, 3);
        dup2($out, 4);
        exec $program, qw(--headless --no-sandbox --disable-gpu --disable-quic --no-first-run
            --disable-background-networking --disable-component-update --disable-sync
            --disable-dev-shm-usage --remote-debugging-pipe), "--user-data-dir=$home/profile", 'about:blank'
            or _exit(99);
    }
    close $ask_read;
    close $tell_write;
    my $self = bless {pid => $pid, ask => $ask_write, tell => $tell_read, home => $home, number => 0,
        buffer => '', events => [], owner => $$}, $class;
    $ask_write->autoflush(1);
    my $target = $self->call('Target.createTarget', {url => 'about:blank'})->{targetId};
    $self->{session} = $self->call('Target.attachToTarget', {targetId => $target, flatten => JSON::PP::true})->{sessionId};
    $self->call($_) for qw(Page.enable Runtime.enable Log.enable Network.enable);
    return $self;
}

sub read_message {
    my ($self, $deadline) = @_;
    my $end;
    while (($end = index $self->{buffer}, "\0") < 0) {
        my $left = $deadline - time;
        die 'the browser does not answer: ' . `tail -3 $self->{home}/log`
            if $left <= 0 or !IO::Select->new($self->{tell})->can_read($left);
        sysread($self->{tell}, $self->{buffer}, 1 << 20, length $self->{buffer})
            or die 'the browser has ended: ' . `tail -3 $self->{home}/log`;
    }
    my $message = substr $self->{buffer}, 0, $end + 1, '';
    chop $message;
    return $json->decode($message);
}

sub call {
    my ($self, $method, $parameters) = @_;
    my $number = ++$self->{number};
    my %message = (id => $number, method => $method, params => $parameters // {});
    $message{sessionId} = $self->{session} if $self->{session};
    local $SIG{PIPE} = 'IGNORE';
    print {$self->{ask}} $json->encode(\%message) . "\0";
    my $deadline = time + 60;
    while (1) {
        my $answer = $self->read_message($deadline);
        push @{$self->{events}}, $answer if $answer->{method};
        next unless ($answer->{id} // 0) == $number;
        die "$method: $answer->{error}{message}\n" if $answer->{error};
        return $answer->{result};
    }
}

# %how: width, dark, scripts (allowed, default not), media
sub open_page {
    my ($self, $url, %how) = @_;
    $self->call('Emulation.setDeviceMetricsOverride',
        {width => 0 + ($how{width} // 1280), height => 900, deviceScaleFactor => 1, mobile => JSON::PP::false});
    $self->call('Emulation.setEmulatedMedia', {media => $how{media} // '',
        features => [{name => 'prefers-color-scheme', value => $how{dark} ? 'dark' : 'light'}]});
    $self->call('Emulation.setScriptExecutionDisabled', {value => $how{scripts} ? JSON::PP::false : JSON::PP::true});
    $self->call('Page.navigate', {url => 'about:blank'});
    $self->{events} = [];
    $self->call('Page.navigate', {url => $url});
    my $deadline = time + 60;
    until (grep { $_->{method} eq 'Page.loadEventFired' } @{$self->{events}}) {
        my $message = $self->read_message($deadline);
        push @{$self->{events}}, $message if $message->{method};
    }
    # that may have been the event of the blank page before
    until ((eval { $self->ask('location.href + document.readyState') } // '') eq "${url}complete") {
        die "$url was not loaded\n" if time > $deadline;
        select undef, undef, undef, 0.05;
    }
}

# The whole page as it is now, as a PNG. A page that has just been loaded may not be the active one yet.
sub take_picture {
    my ($self, $path) = @_;
    my $picture;
    my $deadline = time + 60;
    until ($picture = eval { $self->call('Page.captureScreenshot', {format => 'png', captureBeyondViewport => JSON::PP::true}) }) {
        die $@ if $@ !~ /active page|0 width/ || time > $deadline;
        select undef, undef, undef, 0.05;
    }
    open my $out, '>:raw', $path or die "$path: $!\n";
    print $out decode_base64($picture->{data});
    close $out or die "$path: $!\n";
}

# What an expression gives, asked in a world of its own beside the page's, where a page that may not
# run scripts can be asked too.
sub ask {
    my ($self, $expression) = @_;
    my $frame = $self->call('Page.getFrameTree')->{frameTree}{frame}{id};
    my $world = $self->call('Page.createIsolatedWorld', {frameId => $frame})->{executionContextId};
    my $answer = $self->call('Runtime.evaluate',
        {expression => $expression, returnByValue => JSON::PP::true, contextId => $world});
    die 'in the page: ' . $json->encode($answer->{exceptionDetails}) . "\n" if $answer->{exceptionDetails};
    return $answer->{result}{value};
}

# What the console has shown since the page was opened, and what the page asked of the network (the
# icon of a site is asked for by the browser itself).
sub messages {
    my ($self) = @_;
    $self->ask('1');
    return map {
          $_->{method} eq 'Log.entryAdded'           ? $_->{params}{entry}{text}
        : $_->{method} eq 'Runtime.consoleAPICalled' ? $json->encode($_->{params}{args})
        : $_->{method} eq 'Runtime.exceptionThrown'  ? $json->encode($_->{params}{exceptionDetails})
        : ()
    } @{$self->{events}};
}

sub requests {
    my ($self) = @_;
    return grep { !m{/favicon\.ico$} } map { $_->{params}{request}{url} }
        grep { $_->{method} eq 'Network.requestWillBeSent' } @{$self->{events}};
}

sub stop {
    my ($self) = @_;
    return unless $self->{pid} && $self->{owner} == $$;
    eval { local $SIG{ALRM} = sub { die }; alarm 5; delete $self->{session}; $self->call('Browser.close'); alarm 0 };
    alarm 0;
    kill 'KILL', -$self->{pid};
    waitpid $self->{pid}, 0;
    delete $self->{pid};
}

sub DESTROY { local ($?, $@); $_[0]->stop }

# Serves the folder's files with one more header; returns the URL and what ends it.
sub serve {
    my ($folder, $header) = @_;
    my $socket = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 16, ReuseAddr => 1) or die "listen: $!";
    my $url = 'http://127.0.0.1:' . $socket->sockport;
    my $pid = fork // die "fork: $!";
    if (!$pid) {
        @SIG{qw(TERM ALRM)} = ('DEFAULT') x 2;
        alarm 300; # whatever becomes of the test
        while (my $client = $socket->accept) {
            my $request = '';
            while ($request !~ /\r\n\r\n/) { sysread($client, $request, 4096, length $request) or last }
            my ($path) = $request =~ m{^GET /([\w/.-]+) };
            my $body = '';
            if ($path && $path !~ /\.\./ && open my $in, '<:raw', "$folder/$path") { local $/; $body = <$in> }
            my $status = length $body ? '200 OK' : '404 Not Found';
            print $client "HTTP/1.1 $status\r\nContent-Type: text/html; charset=utf-8\r\n$header\r\nContent-Length: "
                . length($body) . "\r\nConnection: close\r\n\r\n$body";
            close $client;
        }
        _exit(0);
    }
    close $socket;
    return ($url, $pid);
}

1;
