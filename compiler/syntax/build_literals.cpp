// Names and literals: the texts of tokens to values. The lexer took them by their shape; here they are judged.
#include "compiler/syntax/build.h"
#include "compiler/syntax/wording.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

namespace writ::syntax {

namespace {

constexpr std::int64_t minutes_of_day = 24 * 60;

void append_utf8(std::string& out, std::uint32_t c) {
  const auto byte = [&out](std::uint32_t value) { out += static_cast<char>(static_cast<unsigned char>(value)); };
  if (c < 0x80) {
    byte(c);
  } else if (c < 0x800) {
    byte(0xC0 | (c >> 6));
    byte(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    byte(0xE0 | (c >> 12));
    byte(0x80 | ((c >> 6) & 0x3F));
    byte(0x80 | (c & 0x3F));
  } else {
    byte(0xF0 | (c >> 18));
    byte(0x80 | ((c >> 12) & 0x3F));
    byte(0x80 | ((c >> 6) & 0x3F));
    byte(0x80 | (c & 0x3F));
  }
}

// The code point of `u{…}` at the front of `text`, which is moved past it.
std::optional<std::uint32_t> take_code_point(std::string_view& text) {
  const auto close = text.find('}');
  if (!text.starts_with("u{") || close == std::string_view::npos || close < 3 || close > 8) return std::nullopt;
  std::uint32_t value = 0;
  const auto [stop, error] = std::from_chars(text.data() + 2, text.data() + close, value, 16);
  if (error != std::errc{} || stop != text.data() + close) return std::nullopt;
  if (value == 0 || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) return std::nullopt;
  text.remove_prefix(close + 1);
  return value;
}

std::optional<char> simple_escape(char c) {
  switch (c) {
  case '"': return '"';
  case '\\': return '\\';
  case 'n': return '\n';
  case 't': return '\t';
  default: return std::nullopt;
  }
}

}  // namespace

Span Builder::span(const Token* token) const { return span_of(map_, *token); }
Span Builder::span(Leaf* leaf) const { return span_of(map_, *leaf->getSymbol()); }
Span Builder::span(const Context* context) const {
  if (context->stop == nullptr || context->stop->getTokenIndex() < context->start->getTokenIndex())
    return span(context->start);
  return join(span(context->start), span(context->stop));
}

std::string_view Builder::text(Leaf* leaf) const { return map_.text(span(leaf)); }

// ---------------------------------------------------------------- names

tree::Name Builder::name(P::NameContext* context) {
  const auto where = span(context);
  const auto bytes = map_.text(where);
  if (bytes.size() > limits_.identifier_bytes)
    diagnostics_.add(Code::name_too_long, where, fmt::format("a name of {} bytes", bytes.size()))
        .hint(fmt::format("names have at most {} bytes", limits_.identifier_bytes));
  return {std::string(bytes), where, false};
}

tree::Name Builder::name(P::WireNameContext* context) {
  if (auto* bare = context->name()) return name(bare);
  auto read = string(context->STRING());
  if (read.text.empty())
    diagnostics_.add(Code::bad_literal, read.span, "a name cannot be empty")
        .hint("write its name between the quotes, or without them where it is letters, digits and `_`: acme, "
              "\"acme-corp\"");
  else if (read.text.size() > limits_.identifier_bytes)
    diagnostics_.add(Code::name_too_long, read.span, fmt::format("a name of {} bytes", read.text.size()))
        .hint(fmt::format("names have at most {} bytes", limits_.identifier_bytes));
  return {std::move(read.text), read.span, true};
}

tree::Name Builder::member(Leaf* leaf) {
  auto where = span(leaf);
  ++where.begin;  // the dot
  return {std::string(map_.text(where)), where, false};
}

std::vector<tree::Name> Builder::names(P::WireNamesContext* context) {
  const auto contexts = context->wireName();
  std::vector<tree::Name> list;
  list.reserve(contexts.size());
  for (auto* one : contexts) list.push_back(name(one));
  return list;
}

std::vector<tree::Name> Builder::names(const std::vector<P::NameContext*>& contexts) {
  std::vector<tree::Name> list;
  list.reserve(contexts.size());
  for (auto* one : contexts) list.push_back(name(one));
  return list;
}

std::vector<tree::Name> Builder::path(P::NameContext* first, const std::vector<Leaf*>& members) {
  std::vector<tree::Name> parts;
  parts.reserve(1 + members.size());
  parts.push_back(name(first));
  for (auto* one : members) parts.push_back(member(one));
  return parts;
}

// ---------------------------------------------------------------- literals

tree::Text Builder::string(Leaf* leaf) {
  const auto where = span(leaf);
  const auto quoted = map_.text(where);
  auto rest = quoted.substr(1, quoted.size() - 2);
  if (rest.size() > limits_.string_bytes)
    diagnostics_.add(Code::string_too_long, where, fmt::format("a string of {} bytes", rest.size()))
        .hint(fmt::format("strings have at most {} bytes", limits_.string_bytes));
  std::string value;
  while (!rest.empty()) {
    const auto plain = std::min(rest.find('\\'), rest.size());
    value += rest.substr(0, plain);
    rest.remove_prefix(plain);
    if (rest.empty()) break;
    rest.remove_prefix(1);  // the backslash, which the lexer lets something follow
    if (const auto c = simple_escape(rest.front())) {
      value += *c;
      rest.remove_prefix(1);
    } else if (const auto point = take_code_point(rest)) {
      append_utf8(value, *point);
    } else {
      const auto at = where.end - 1 - static_cast<std::uint32_t>(rest.size());
      const auto close = rest.find('}');
      const bool number = rest.starts_with("u{") && close < 16;
      std::size_t size = number ? close + 1 : 1;
      while (size < rest.size() && (static_cast<unsigned char>(rest[size]) & 0xC0) == 0x80) ++size;
      diagnostics_
          .add(Code::bad_escape, {where.file, at - 1, at + static_cast<std::uint32_t>(size)},
               fmt::format("`\\{}` is no {}", rest.substr(0, size), number ? "character" : "escape"))
          .hint(number ? "a character is `\\u{1}` to `\\u{10FFFF}`, in hexadecimal, and none of D800 to DFFF"
                       : "a string knows \\\" \\\\ \\n \\t and \\u{1F600}");
      rest.remove_prefix(size);
    }
  }
  return {std::move(value), where};
}

std::int64_t Builder::integer(Leaf* leaf, bool negative) {
  const std::string signed_text = (negative ? "-" : "") + std::string(text(leaf));
  std::int64_t value = 0;
  const auto [stop, error] = std::from_chars(signed_text.data(), signed_text.data() + signed_text.size(), value);
  if (error == std::errc::result_out_of_range)
    diagnostics_
        .add(Code::bad_number, span(leaf), fmt::format("{} does not fit 64 bits", seen(map_, *leaf->getSymbol())))
        .hint("whole numbers reach from -9223372036854775808 to 9223372036854775807");
  return error == std::errc{} ? value : 0;
}

std::int64_t Builder::duration(Leaf* leaf) {
  const auto value = parse_duration(text(leaf));
  if (!value)
    diagnostics_.add(Code::bad_number, span(leaf), fmt::format("{} is not a duration", seen(map_, *leaf->getSymbol())))
        .hint("units are d h m s ms, each once and in this order: 1d12h, 1h30m, 500ms");
  return value.value_or(0);
}

std::int64_t Builder::time(Leaf* leaf) {
  const auto value = parse_time(text(leaf));
  if (!value)
    diagnostics_.add(Code::bad_literal, span(leaf), fmt::format("{} is not a time", seen(map_, *leaf->getSymbol())))
        .hint("times are written 2026-12-31T00:00Z or 2026-12-31T00:00:00+01:00");
  return value.value_or(0);
}

// Minutes of the day, to 24:00.
std::int64_t Builder::clock(Leaf* leaf) {
  const auto shown = text(leaf);
  const auto digit = [&](std::size_t i) { return static_cast<std::int64_t>(shown[i] - '0'); };
  const auto hours = digit(0) * 10 + digit(1), minutes = digit(3) * 10 + digit(4);
  if (minutes > 59 || hours * 60 + minutes > minutes_of_day) {
    diagnostics_.add(Code::bad_literal, span(leaf), fmt::format("`{}` is not a time of day", shown))
        .hint("times of day are 00:00 to 24:00");
    return 0;
  }
  return hours * 60 + minutes;
}

Ip Builder::address(Leaf* leaf) {
  const auto value = parse_ip(text(leaf));
  if (!value)
    diagnostics_.add(Code::bad_literal, span(leaf), fmt::format("{} is not an address", seen(map_, *leaf->getSymbol())))
        .hint("addresses are written 203.0.113.7 or 2001:db8::7, without leading zeros");
  return value.value_or(Ip{});
}

Cidr Builder::block(Leaf* leaf) {
  const auto value = parse_cidr(text(leaf));
  if (!value)
    diagnostics_
        .add(Code::bad_literal, span(leaf), fmt::format("{} is not an address block", seen(map_, *leaf->getSymbol())))
        .hint("blocks are written 10.0.0.0/8 or 2001:db8::/32, without leading zeros");
  return value.value_or(Cidr{});
}

// A bare address is the block of itself alone.
Cidr Builder::network(P::NetworkContext* context) {
  return block(context->CIDR() != nullptr ? context->CIDR() : context->ADDRESS());
}

}  // namespace writ::syntax
