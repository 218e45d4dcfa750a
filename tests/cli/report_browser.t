#!/usr/bin/perl
# report.html in a real browser: scripts forbidden, on a phone and a desk, light and dark, on paper,
# and as Jenkins serves it. Nothing may be asked of the network or told on the console, every plot
# has to be seen, and text and shapes have to stand out (WCAG 2.1, 1.4.3 and 1.4.11, AA).
use strict;
use warnings;
use Cwd qw(abs_path);
use File::Basename qw(dirname);
use File::Temp qw(tempdir);
use MIME::Base64;
use Test::More;
use lib dirname(__FILE__) . '/../support';
use Browser;

my $root = abs_path(dirname(__FILE__) . '/../..');
my $build = abs_path($ENV{PGREHEARSE_BUILD} || "$root/build");
my $pages = tempdir('pgr-pages-XXXXXX', TMPDIR => 1, CLEANUP => 1);
my $jenkins = "Content-Security-Policy: sandbox; default-src 'none'; img-src 'self'; style-src 'self';";

# In the page: opens what is folded, and tells what is wrong with what it shows.
my $look = do { local $/; <DATA> };

{
    local $ENV{PGREHEARSE_PAGES} = $pages;
    my $written = `$build/tests/unit/test_report_page.t 2>&1`;
    is($? >> 8, 0, 'the pages are written') or BAIL_OUT($written);
}
my $browser = Browser->new;

sub judge {
    my ($name, $plots, $url, $messages) = @_;
    my $seen = $browser->ask($look);
    is_deeply([grep { !$messages || !/$messages/ } $browser->messages], [], "$name: nothing on the console");
    is_deeply([$browser->requests], [$url], "$name: nothing is loaded from elsewhere");
    is($seen->{plots}, $plots, "$name: every plot is there");
    is_deeply($seen->{hollow}, [], "$name: with shapes that can be seen");
    is_deeply($seen->{faint}, [], "$name: text and shapes stand out");
    is_deeply($seen->{overlapping}, [], "$name: no text of a plot lies on another");
    return $seen;
}

my %plots = (costs => 6, crowded => 15, hostile => 16, odd => undef, passed => 0, findings => 0, nasty => 0);
for my $page (qw(costs crowded hostile passed findings nasty)) {
    for my $width ($page =~ /costs|crowded|findings/ ? (390, 1280) : 390) {
        for my $dark (0, 1) {
            my $url = "file://$pages/$page/report.html";
            my $name = "$page, $width wide, " . ($dark ? 'dark' : 'light');
            $browser->open_page($url, width => $width, dark => $dark);
            my $seen = judge($name, $plots{$page}, $url);
            cmp_ok($seen->{width}, '<=', $width, "$name: the page does not scroll sideways");
            is($seen->{dark} ? 1 : 0, $dark, "$name: the paper is " . ($dark ? 'dark' : 'light'));
        }
    }
}

my ($host, $server) = Browser::serve($pages, $jenkins);
for my $dark (0, 1) {
    my $name = 'as Jenkins serves it, ' . ($dark ? 'dark' : 'light');
    $browser->open_page("$host/costs/report.html", dark => $dark, width => 1280, scripts => 1);
    # the style of the page is refused, and its refusal is all that may be told
    my $seen = judge($name, $plots{costs}, "$host/costs/report.html", qr/inline style.*Content Security Policy/s);
    ok($seen->{plain}, "$name: it is seen without its style");
    is($seen->{dark} ? 1 : 0, $dark, "$name: the paper is " . ($dark ? 'dark' : 'light'));
    cmp_ok($seen->{width}, '<=', 1280, "$name: the page does not scroll sideways");
}
kill 'TERM', $server;
waitpid $server, 0;

# scripts/screenshots takes pictures of it
$browser->open_page("file://$pages/findings/report.html", width => 390);
$browser->take_picture("$pages/picture.png");
my $picture = do { open my $in, '<:raw', "$pages/picture.png" or die; local $/; <$in> };
my ($wide, $high) = unpack 'x16NN', $picture;
like($picture, qr/^\x89PNG/, 'a picture is taken');
ok($wide > 300 && $wide <= 390, 'as wide as the window, or its scroll bar less');
cmp_ok($high, '>', 900, 'and as high as the page');

$browser->open_page("file://$pages/costs/report.html", media => 'print', dark => 1, width => 800);
judge('on paper', $plots{costs}, "file://$pages/costs/report.html");
my $pdf = decode_base64($browser->call('Page.printToPDF', {printBackground => JSON::PP::false})->{data});
like($pdf, qr/^%PDF-/, 'it can be printed');
my $sheets = () = $pdf =~ m{/Type\s*/Page\b}g;
cmp_ok($sheets, '>', 1, 'on several sheets');

# The judge is able to say no: each fault put into the page is seen.
my @faults = (
    ['a script',              's{</body>}{<script>console.log(1)</script></body>}', 'messages'],
    ['a picture from afar',   's{</main>}{<img src="http://127.0.0.1:9/x.png"></main>}', 'requests'],
    ['text that is too pale', 's{--soft:#556070}{--soft:#a0a8b4}', 'faint'],
    ['a line that is too pale', 's{--blue:#2f6db5}{--blue:#d8e4f4}', 'faint'],
    ['a plot without shapes', 's{<(path|polygon|circle)[^>]*/>}{}g', 'hollow'],
    ['texts on each other',   's{(<text[^>]*translate\()[\d.]+,[\d.]+}{${1}300,100}g', 'overlapping'],
    ['a wide table',          's{</main>}{<pre style="white-space:pre">@{["x" x 500]}</pre></main>}', 'width'],
);
my $sound = do { open my $in, '<:raw', "$pages/costs/report.html" or die; local $/; <$in> };
for my $fault (@faults) {
    my ($name, $change, $where) = @$fault;
    (my $page = $sound) =~ s/x/x/;
    $_ = $page;
    eval "$change; 1" or die $@;
    isnt($_, $sound, "$name: put in");
    open my $out, '>:raw', "$pages/faulty.html" or die;
    print $out $_;
    close $out;
    $browser->open_page("file://$pages/faulty.html", width => 390, scripts => $where eq 'messages');
    my $seen = $browser->ask($look);
    my $found = $where eq 'messages' ? scalar $browser->messages
        : $where eq 'requests' ? $browser->requests > 1
        : $where eq 'width' ? $seen->{width} > 390
        : @{$seen->{$where}} > 0;
    ok($found, "$name: seen");
}
$browser->stop;
done_testing;

__DATA__
(() => {
  for (const d of document.querySelectorAll('details')) d.open = true;
  const parse = c => {
    const m = c.match(/[\d.]+/g).map(Number);
    return c.startsWith('color(srgb') ? [m[0] * 255, m[1] * 255, m[2] * 255, m[3] ?? 1] : [m[0], m[1], m[2], m[3] ?? 1];
  };
  const over = (top, under) => [0, 1, 2].map(i => top[i] * top[3] + under[i] * (1 - top[3])).concat(1);
  const light = c => {
    const [r, g, b] = c.slice(0, 3).map(v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (a, b) => {
    const [x, y] = [light(a), light(b)].sort((p, q) => q - p);
    return (x + 0.05) / (y + 0.05);
  };
  const probe = document.createElement('div');
  document.body.append(probe);
  probe.setAttribute('bgcolor', '');
  const scheme = getComputedStyle(document.documentElement).colorScheme;
  const meta = matchMedia('(prefers-color-scheme: dark)').matches && !matchMedia('print').matches;
  probe.remove();
  // the canvas where nothing is painted: as the color scheme has it
  const canvas = meta ? [18, 18, 18, 1] : [255, 255, 255, 1];
  const paper = e => {
    const chain = [];
    for (; e; e = e.parentElement) chain.push(parse(getComputedStyle(e).backgroundColor));
    return chain.reverse().reduce((under, top) => over(top, under), canvas);
  };
  const shown = e => { const r = e.getBoundingClientRect(); return r.width + r.height > 0 && e.checkVisibility(); };
  const faint = new Set(), hollow = [], overlapping = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let n; (n = walker.nextNode());) {
    const e = n.parentElement;
    if (!n.data.trim() || !shown(e) || ['title', 'desc', 'style', 'script'].includes(e.localName)) continue;
    const s = getComputedStyle(e);
    const size = parseFloat(s.fontSize), big = size >= 24 || (size >= 18.66 && s.fontWeight >= 700);
    const ground = paper(e), ink = over(parse(e.closest('svg') ? s.fill : s.color), ground);
    const found = ratio(ink, ground);
    if (found < (big ? 3 : 4.5)) faint.add(`${found.toFixed(2)} ${e.localName}.${e.className.baseVal ?? e.className}: ${n.data.trim().slice(0, 40)}`);
  }
  // a grid and a shade in the background carry nothing that is not told otherwise
  const telling = 'path,polygon,circle,rect';
  const decoration = e => e.closest('defs') || /p-faint/.test(e.getAttribute('class') || '');
  const pictures = [...document.querySelectorAll('svg[role=img]')];
  for (const svg of pictures) {
    const ground = paper(svg);
    let seen = 0;
    for (const e of svg.querySelectorAll(telling)) {
      if (decoration(e)) continue;
      const s = getComputedStyle(e), r = e.getBoundingClientRect();
      if (r.width + r.height < 0.5) continue;
      const dull = [];
      for (const [colour, opacity] of [[s.stroke, s.strokeOpacity], [s.fill, s.fillOpacity]]) {
        if (!colour.startsWith('rgb') && !colour.startsWith('color')) continue;
        const c = parse(colour);
        if (opacity < 1) continue; // a light fill has a line around it
        dull.push(ratio(over(c, ground), ground));
      }
      if (dull.length && Math.max(...dull) < 3) faint.add(`${Math.max(...dull).toFixed(2)} ${e.localName}.${e.className.baseVal}`);
      if (!/p-text/.test(e.getAttribute('class') || '')) seen++;
    }
    const name = svg.querySelector('title')?.textContent ?? '';
    const box = svg.getBoundingClientRect();
    if (!seen || box.width < 300 || box.height < 60) hollow.push(`${name}: ${seen} shapes, ${box.width} x ${box.height}`);
    if (!name || !svg.querySelector('desc')) hollow.push('a plot without title and description');
    const texts = [...svg.querySelectorAll('text')].map(t => [t.textContent, t.getBoundingClientRect()]);
    texts.forEach(([a, p], i) => {
      if (p.left < box.left - 2 || p.right > box.right + 2 || p.top < box.top - 2 || p.bottom > box.bottom + 2)
        overlapping.push(`${a} leaves the plot "${name}"`);
      for (const [b, q] of texts.slice(i + 1))
        if (p.left < q.right - 1 && q.left < p.right - 1 && p.top < q.bottom - 3 && q.top < p.bottom - 3)
          overlapping.push(`${a} | ${b} in "${name}"`);
    });
  }
  const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
  if (new Set(ids).size < ids.length) hollow.push('an id is there twice');
  return {
    plots: pictures.filter(shown).length,
    width: document.scrollingElement.scrollWidth,
    dark: light(paper(document.body)) < 0.2,
    plain: getComputedStyle(document.querySelector('main')).maxWidth === 'none',
    faint: [...faint], hollow, overlapping,
  };
})()
