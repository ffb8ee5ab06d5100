// Collecting diagnostics, and "did you mean". Phases add in whatever order they find things; `sorted` makes the order of
// a report depend on the text alone, never on how a phase walks or on which thread parsed which file.
#include "compiler/diagnostics/diagnostics.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <tuple>

namespace writ {

namespace {

// Where each file stands in a report: those of `files` first.
class Ranks {
 public:
  explicit Ranks(std::span<const FileId> files) : named_(files.size()) {
    for (std::size_t i = 0; i < files.size(); ++i) ranks_.try_emplace(files[i], i);
  }
  auto order_of(const Diagnostic& one) const {
    const auto rank = ranks_.find(one.span.file);
    return std::tuple(rank == ranks_.end() ? named_ : rank->second, static_cast<std::uint32_t>(one.span.file),
                      one.span.begin, one.span.end, static_cast<std::uint16_t>(one.code),
                      std::string_view(one.message));
  }

 private:
  std::map<FileId, std::size_t> ranks_;
  std::size_t named_;
};

char lowered(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Edit distance with neighbours swapped counted as one slip, letters compared without case; gives up past `limit`.
std::size_t distance(std::string_view a, std::string_view b, std::size_t limit) {
  const std::size_t longer = std::max(a.size(), b.size()), shorter = std::min(a.size(), b.size());
  if (longer - shorter > limit) return limit + 1;
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = lowered(a[i - 1]) == lowered(b[j - 1]);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1)});
      const bool swapped =
          i > 1 && j > 1 && lowered(a[i - 1]) == lowered(b[j - 2]) && lowered(a[i - 2]) == lowered(b[j - 1]);
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

bool is_about_a_name(const Diagnostic& one) {
  return static_cast<std::uint16_t>(one.code) / 100 == 2 && one.span.known();
}

// Joins `again` to the first message of its words: its place as a second place, its edits to those of the same help.
void join(Diagnostic& first, Diagnostic& again) {
  first.at(again.span, "and here");
  for (std::size_t i = 0; i < first.help.size() && i < again.help.size(); ++i)
    std::ranges::move(again.help[i].edits, std::back_inserter(first.help[i].edits));
}

std::vector<Diagnostic> each_name_once(std::vector<Diagnostic> sorted) {
  std::map<std::string_view, std::size_t> firsts;
  std::vector<Diagnostic> result;
  result.reserve(sorted.size());  // so that the keys, which are views of its messages, stay where they are
  for (Diagnostic& one : sorted) {
    if (is_about_a_name(one)) {
      const auto known = firsts.find(one.message);
      if (known != firsts.end()) {
        join(result[known->second], one);
        continue;
      }
    }
    result.push_back(std::move(one));
    if (is_about_a_name(result.back())) firsts.emplace(result.back().message, result.size() - 1);
  }
  return result;
}

}  // namespace

std::string bounded(std::string text) {
  constexpr std::size_t longest = 1'000;
  if (text.size() <= longest) return text;
  std::size_t kept = longest;
  while ((static_cast<unsigned char>(text[kept]) & 0xc0u) == 0x80u && kept > longest - 4) --kept;
  return text.substr(0, kept) + "…";
}

Diagnostic& Diagnostics::add(Code code, Span span, std::string message) {
  list_.push_back({code, span, bounded(std::move(message)), {}, {}, {}});
  return list_.back();
}

bool Diagnostics::has_errors() const {
  return std::any_of(list_.begin(), list_.end(),
                     [](const Diagnostic& one) { return row_of(one.code).severity == Severity::error; });
}

std::size_t Diagnostics::errors() const {
  return static_cast<std::size_t>(std::count_if(
      list_.begin(), list_.end(), [](const Diagnostic& one) { return row_of(one.code).severity == Severity::error; }));
}

std::size_t Diagnostics::warnings() const { return list_.size() - errors(); }

std::vector<Diagnostic> Diagnostics::sorted(std::span<const FileId> files) const {
  const Ranks ranks(files);
  std::vector<Diagnostic> result = list_;
  std::stable_sort(result.begin(), result.end(),
                   [&](const Diagnostic& a, const Diagnostic& b) { return ranks.order_of(a) < ranks.order_of(b); });
  const auto same = [&](const Diagnostic& a, const Diagnostic& b) { return ranks.order_of(a) == ranks.order_of(b); };
  result.erase(std::unique(result.begin(), result.end(), same), result.end());
  return each_name_once(std::move(result));
}

void Diagnostics::append(Diagnostics other) {
  list_.insert(list_.end(), std::make_move_iterator(other.list_.begin()), std::make_move_iterator(other.list_.end()));
}

std::string_view Diagnostics::nearest(std::string_view seen, std::span<const std::string_view> candidates) {
  if (suggestions_ == 0) return {};
  --suggestions_;
  return nearest_name(seen, candidates);
}

std::string_view nearest_name(std::string_view seen, std::span<const std::string_view> candidates) {
  constexpr std::size_t longest = 64;  // a slip in a longer word is not worth a quadratic search
  if (seen.empty() || seen.size() > longest) return {};
  std::size_t best = std::max<std::size_t>(1, seen.size() / 3) + 1;
  std::string_view found;
  for (const std::string_view candidate : candidates) {
    if (candidate.empty() || candidate.size() > 2 * longest || candidate == seen) continue;
    const std::size_t far = distance(seen, candidate, best - 1);
    if (far < best && far < seen.size()) best = far, found = candidate;
    if (best == 0) break;
  }
  return found;
}

}  // namespace writ
