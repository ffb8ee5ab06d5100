// The simplest request that shows a difference: what need not be said is taken back to the baseline, one fact and then two at a time (some only
// go together); what has to be said is said in the plainest value that still shows it.
#include "compiler/diff/search.h"

#include <algorithm>
#include <set>

namespace writ::diff {

namespace {

using Values = std::vector<std::optional<Value>>;

class Simplifier {
 public:
  Simplifier(Asker& asker, Find find)
      : asker_(asker),
        find_(std::move(find)),
        request_(find_.request),
        plain_(baseline_of(asker.before().get(), asker.after().get(), request_)) {}

  NamedRequest run() {
    while (alone() || in_pairs()) {}
    elsewhere();
    for (const auto& fact : different()) plainer(fact);
    while (alone()) {}
    return request_;
  }

 private:
  bool still(const NamedRequest& request) {
    const auto answers = asker_.ask(request);
    return asker_.direction(request, answers) == find_.direction && asker_.causes(request, answers) == find_.causes;
  }

  // The same to another client, or through another connection, where fewer facts are enough.
  void elsewhere() {
    constexpr std::size_t most_places = 24;
    std::bitset<action_count> actions;
    actions.set(static_cast<std::size_t>(request_.action));
    const auto facts = different();
    if (facts.empty()) return;
    auto best = request_;
    auto fewest = facts.size();
    std::size_t places = 0;
    for (const auto& plain : plain_requests(asker_.before().get(), asker_.after().get(), actions)) {
      if (++places > most_places) break;
      Simplifier other(asker_, {find_.direction, find_.causes, plain});
      for (const auto& fact : facts) flip::put(other.request_, fact, flip::value_in(request_, fact));
      if (!other.still(other.request_)) continue;
      while (other.alone() || other.in_pairs()) {}
      if (const auto count = other.different().size(); count < fewest) fewest = count, best = other.request_;
    }
    request_ = best;
    plain_ = baseline_of(asker_.before().get(), asker_.after().get(), request_);
  }

  std::vector<std::string> different() const {
    std::set<std::string> names;
    for (const auto& [name, value] : request_.facts)
      if (flip::value_in(plain_, name) != std::optional(value)) names.insert(name);
    for (const auto& [name, value] : plain_.facts)
      if (!request_.facts.contains(name)) names.insert(name);
    return {names.begin(), names.end()};
  }

  bool back(const std::vector<std::string>& facts) {
    auto tried = request_;
    for (const auto& fact : facts) flip::put(tried, fact, flip::value_in(plain_, fact));
    if (!still(tried)) return false;
    request_ = std::move(tried);
    return true;
  }
  bool alone() {
    for (const auto& fact : different())
      if (back({fact})) return true;
    return request_.organization && without_organization();
  }
  bool in_pairs() {
    const auto facts = different();
    for (std::size_t i = 0; i < facts.size(); ++i)
      for (std::size_t k = i + 1; k < facts.size(); ++k)
        if (back({facts[i], facts[k]})) return true;
    return false;
  }
  bool without_organization() {
    auto tried = request_;
    tried.organization.reset();
    if (!still(tried)) return false;
    request_ = std::move(tried);
    return true;
  }

  void plainer(const std::string& fact) {
    const auto now = flip::value_in(request_, fact);
    if (!now) return;  // absence is as plain as can be
    Values candidates = usual(fact, *now);
    TypeKind type{};
    std::vector<std::string> words;
    Values others;
    for (const auto& dial : dials_of_both(asker_, request_))
      if (dial.name == fact) others = dial.values, type = dial.type, words = dial.words;
    others.push_back(now);
    std::erase(others, std::nullopt);
    std::ranges::stable_sort(others, {}, [&](const auto& value) {
      const auto text = flip::value_text(*value, type, words);
      return std::pair(text.size(), text);
    });
    candidates.insert(candidates.end(), others.begin(), others.end());
    for (const auto& value : candidates) {
      if (value == now) return;
      auto tried = request_;
      flip::put(tried, fact, value);
      if (!still(tried)) continue;
      request_ = std::move(tried);
      return;
    }
  }

  // What a reader takes at a glance: addresses for documentation (RFC 5737), round numbers.
  static Values usual(const std::string& fact, const Value& now) {
    Values list;
    if (std::holds_alternative<Ip>(now))
      for (const char* text : {"198.51.100.7", "203.0.113.9", "10.0.0.1"}) list.emplace_back(*parse_ip(text));
    if (fact == "request.country")
      for (const char* text : {"DE", "US"}) list.emplace_back(std::string(text));
    if (fact == "user.email") list.emplace_back(std::string("someone@other.example"));
    return list;
  }

  Asker& asker_;
  Find find_;
  NamedRequest request_, plain_;
};

}  // namespace

NamedRequest simplest(Asker& asker, const Find& find) { return Simplifier(asker, find).run(); }

}  // namespace writ::diff
