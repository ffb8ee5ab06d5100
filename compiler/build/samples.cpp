#include "compiler/build/samples.h"

#include "compiler/check/check.h"
#include "compiler/lower/lower.h"
#include "compiler/testing/run.h"

#include <algorithm>
#include <cctype>
#include <set>
#include <string_view>
#include <utility>

namespace writ {

namespace {

using load_detail::Apart;

struct Chosen {
  std::size_t file = 0, piece = 0;
};

std::string_view text_of(const Apart& side, const Chosen& one) {
  const auto& piece = side.outlines[one.file].pieces[one.piece];
  return std::string_view(side.texts[one.file]).substr(piece.begin, piece.end - piece.begin);
}

std::vector<Chosen> choose(const Apart& side) {
  std::vector<Chosen> tests, chosen;
  for (std::size_t i = 0; i < side.outlines.size(); ++i)
    for (std::size_t piece = 0; piece < side.outlines[i].pieces.size(); ++piece)
      if (side.outlines[i].pieces[piece].kind == Outline::Kind::example &&
          text_of(side, {i, piece}).starts_with("test"))
        tests.push_back({i, piece});
  const auto count = std::min(tests.size(), sampled_tests);
  for (std::size_t i = 0; i < count; ++i) chosen.push_back(tests[i * tests.size() / count]);
  return chosen;
}

// The tenants of the set whose names stand in these tests: enough for them to be checked.
load_detail::Wanted tenants_of(const Apart& side, const std::vector<Chosen>& chosen) {
  std::set<std::string, std::less<>> all;
  for (const auto& outline : side.outlines)
    for (const auto& piece : outline.pieces)
      if (load_detail::is_of_tenant(piece)) all.insert(piece.name);
  load_detail::Wanted named;
  const auto is_of_name = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-';
  };
  for (const auto& one : chosen) {
    const auto text = text_of(side, one);
    for (std::size_t at = 0; at < text.size();) {
      const auto begin = std::find_if(text.begin() + static_cast<std::ptrdiff_t>(at), text.end(), is_of_name);
      const auto end = std::find_if_not(begin, text.end(), is_of_name);
      if (const auto found = all.find(std::string_view(begin, end)); found != all.end()) named.tenants.insert(*found);
      at = static_cast<std::size_t>(end - text.begin());
    }
  }
  return named;
}

bool can_be_carried(const tree::TestDecl& test) {
  return std::ranges::none_of(test.steps, [](const tree::Step& step) {
    const auto* expect = std::get_if<tree::Expect>(&step);
    return std::holds_alternative<tree::PasswordLine>(step) || (expect && expect->of_snapshot());
  });
}

// What a test asked, and what was decided. Only of tests that pass is that what their author wrote.
class Asked : public testing::Witness {
 public:
  void decided(const NamedRequest& asked, const Request&, const Explanation& decision) override {
    samples.push_back({asked, decision.effect, decision.fault});
  }
  void judged(const PasswordQuestion&, const PasswordReport&) override {}
  std::vector<bundle::Sample> samples;
};

}  // namespace

std::vector<bundle::Sample> samples_of(const std::string& path, const load_detail::Files& files, Apart& side,
                                       const Limits& limits, std::string& wrong) {
  const auto chosen = choose(side);
  if (chosen.empty()) return {};
  const auto wanted = tenants_of(side, chosen);
  for (auto one = chosen.rbegin(); one != chosen.rend(); ++one) {
    auto& pieces = side.outlines[one->file].pieces;
    pieces.erase(pieces.begin() + static_cast<std::ptrdiff_t>(one->piece));
    side.rests[one->file] += " test";  // now it has more than nothing
  }
  const auto loaded =
      load_detail::load_from(files, {&path, 1}, load_detail::prepare_in_order(side, wanted), limits, Imports::follow);
  auto diagnostics = loaded.diagnostics;
  const auto policy = check_policy(loaded.order, loaded.sources, limits, diagnostics);
  if (diagnostics.has_errors()) {
    wrong = "its tests do not check; `writ check` says why";
    return {};
  }
  std::vector<program::Part> parts;
  for (const auto& tenant : policy.tenants) parts.push_back(lower_tenant(tenant, loaded.sources));
  Engine engine(nullptr, Tier::interpret);
  if (wrong = engine.put(std::move(parts)); !wrong.empty()) return {};
  const PasswordData no_lists;
  const testing::Snapshots no_snapshots;
  testing::Runner runner({policy, loaded.sources, engine, no_lists, no_snapshots});
  std::vector<bundle::Sample> samples;
  for (std::size_t i = 0; i < policy.tests.size(); ++i) {
    if (!can_be_carried(*policy.tests[i])) continue;
    Asked asked;
    if (!runner.run(i, &asked).failures.empty()) {
      wrong = "test \"" + policy.tests[i]->name.text + "\" fails; `writ test` says why";
      return {};
    }
    for (auto& one : asked.samples)
      if (samples.size() < bundle::max_samples) samples.push_back(std::move(one));
  }
  while (!samples.empty() && bundle::encode(samples).size() > bundle::max_sample_bytes)
    samples.resize(samples.size() / 2);
  return samples;
}

}  // namespace writ
