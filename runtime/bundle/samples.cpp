#include "runtime/bundle/samples.h"

#include "runtime/bundle/bytes.h"

#include <optional>
#include <string>
#include <utility>

namespace writ {

template <class A, class R>
  requires std::is_same_v<std::remove_const_t<R>, Ip>
void fields(A& archive, R& ip) {
  archive(ip.bytes);
}

}  // namespace writ

namespace writ::bundle {

namespace {

// A fact by its kind; the others are as they begin.
struct Fact {
  std::string name;
  std::uint8_t kind = 0;  // as in Value
  bool truth = false;
  std::int64_t number = 0;
  std::string text;
  Ip ip;
  StringSet set;
};

template <class A, class F>
  requires std::is_same_v<std::remove_const_t<F>, Fact>
void fields(A& archive, F& fact) {
  archive(fact.name, fact.kind);
  switch (fact.kind) {
  case 0: return archive(fact.truth);
  case 1: return archive(fact.number);
  case 2: return archive(fact.text);
  case 3: return archive(fact.ip);
  case 4: return archive(fact.set);
  default:
    if constexpr (std::is_same_v<A, Reader>) archive.fail("a fact is of no kind");
  }
}

Fact fact_of(const std::string& name, const Value& value) {
  Fact fact;
  fact.name = name;
  fact.kind = static_cast<std::uint8_t>(value.index());
  std::visit(
      [&](const auto& held) {
        using T = std::decay_t<decltype(held)>;
        if constexpr (std::is_same_v<T, bool>) fact.truth = held;
        if constexpr (std::is_same_v<T, std::int64_t>) fact.number = held;
        if constexpr (std::is_same_v<T, std::string>) fact.text = held;
        if constexpr (std::is_same_v<T, Ip>) fact.ip = held;
        if constexpr (std::is_same_v<T, StringSet>) fact.set = held;
      },
      value);
  return fact;
}

Value value_of(Fact fact) {
  switch (fact.kind) {
  case 0: return fact.truth;
  case 1: return fact.number;
  case 2: return std::move(fact.text);
  case 3: return fact.ip;
  default: return std::move(fact.set);
  }
}

void write(Writer& out, const std::optional<std::string>& name) {
  out(name.has_value());
  if (name) out(*name);
}
void read(Reader& in, std::optional<std::string>& name) {
  bool given = false;
  in(given);
  if (given) in(name.emplace());
}

}  // namespace

std::vector<std::byte> encode(const std::vector<Sample>& samples) {
  Writer out;
  out(std::uint64_t{samples.size()});
  for (const auto& [request, effect, fault] : samples) {
    out(request.action, request.tenant, request.client);
    write(out, request.connection);
    write(out, request.organization);
    std::vector<Fact> facts;
    for (const auto& [name, value] : request.facts) facts.push_back(fact_of(name, value));
    out(facts, effect, fault);
  }
  out.align();
  return out.take();
}

Problem decode(std::span<const std::byte> bytes, std::vector<Sample>& samples) {
  Reader in(bytes);
  std::vector<Sample> read_samples;
  in.list(read_samples, [&](Sample& sample) {
    auto& request = sample.request;
    in(request.action, request.tenant, request.client);
    read(in, request.connection);
    read(in, request.organization);
    std::vector<Fact> facts;
    in(facts, sample.effect, sample.fault);
    for (auto& fact : facts) {
      if (!request.facts.empty() && request.facts.rbegin()->first >= fact.name) in.fail("its facts are not in order");
      std::string name = fact.name;
      request.facts.emplace_hint(request.facts.end(), std::move(name), value_of(std::move(fact)));
    }
    if (static_cast<std::size_t>(request.action) >= action_count ||
        static_cast<std::size_t>(sample.effect) >= effect_names.size() ||
        static_cast<std::size_t>(sample.fault) >= fault_names.size())
      in.fail("a question is none");
    if (read_samples.size() > max_samples) in.fail("there are too many questions");
  });
  in.align();
  if (const auto wrong = in.finish(); !wrong.empty()) return {Reason::malformed, "its questions: " + wrong};
  samples = std::move(read_samples);
  return {};
}

}  // namespace writ::bundle
