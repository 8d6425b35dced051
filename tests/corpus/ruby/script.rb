# Blocks, strings, numbers, pattern matching, fibers, exceptions and files.
require "json"
require "set"
require "digest"

puts RUBY_ENGINE, RUBY_PLATFORM
puts (1..20).select(&:even?).each_slice(3).map(&:sum).inspect
puts 100.downto(1).reduce(:*).digits.sum
puts "Grüße".unicode_normalize(:nfd).length, "abc".tr("a-y", "b-z")

Point = Struct.new(:x, :y)
case { at: Point.new(3, 4), tag: "p" }
in { at: [x, y], tag: /p/ => tag }
  puts Math.hypot(x, y), tag
end

fibers = Fiber.new do
  a, b = 0, 1
  loop { Fiber.yield a; a, b = b, a + b }
end
puts Array.new(15) { fibers.resume }.join(" ")

begin
  raise ArgumentError, "as it should"
rescue => error
  puts error.full_message(highlight: false).lines.first
ensure
  puts "ensured"
end
puts catch(:found) { 10.times { |i| throw :found, i if i * i > 50 } }

list = "/work/list.json"
File.write(list, JSON.pretty_generate((1..300).to_h { |i| [i.to_s, i**3] }))
File.open(list, "a") { |f| f.puts }
puts File.size(list), JSON.parse(File.read(list)).values.sum
Dir.mkdir("/work/deep")
File.rename(list, "/work/deep/moved.json")
puts Dir.glob("/work/**/*").sort.inspect
puts Digest::SHA256.hexdigest("wasm")[0, 16]
puts Set.new([3, 1, 2, 3]).sort.inspect, 1.0 / 3, 2**100, 10.0.divmod(3).inspect
begin
  File.read("/etc/passwd")
rescue SystemCallError => error
  puts error.class
end
def deep(n) = deep(n + 1)
begin
  deep(0)
rescue SystemStackError
  puts "too deep"
end
exit 4
