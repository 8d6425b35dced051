<?php
// Arrays, strings, regular expressions, classes, generators, hashes and files.
enum Suit: string { case Hearts = 'h'; case Spades = 's'; }
final readonly class Card { public function __construct(public Suit $suit, public int $rank) {} }
function cards(): iterable { foreach (Suit::cases() as $suit) for ($r = 1; $r <= 3; $r++) yield new Card($suit, $r); }
foreach (cards() as $card) echo $card->suit->name, $card->rank, ' ';
echo "\n", md5('wasm'), ' ', hash('sha256', 'wasm'), ' ', crc32('wasm'), "\n";
echo preg_replace_callback('/\b(\w)(\w*)/u', fn($m) => strtoupper($m[1]) . $m[2], 'the quick brown fox'), "\n";
$counts = array_count_values(str_split('mississippi'));
arsort($counts);
echo json_encode($counts), ' ', serialize([1.5, true, null]), "\n";
printf("%.10f %08.3f %b %s\n", M_PI, -1.5, 10, number_format(1234567.891, 2));
$sieve = array_fill(2, 9999, true);
for ($i = 2; $i * $i <= 10000; $i++) if ($sieve[$i]) for ($j = $i * $i; $j <= 10000; $j += $i) $sieve[$j] = false;
echo count(array_filter($sieve)), "\n";
try { intdiv(1, 0); } catch (DivisionByZeroError $e) { echo get_class($e), ': ', $e->getMessage(), "\n"; }
