// See pair.h. Each side is read once, so what is compared is what is loaded, whatever happens to the files meanwhile.
#include "compiler/load/pair.h"

#include "compiler/load/loader.h"
#include "compiler/syntax/in_parallel.h"
#include "compiler/syntax/outline.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <set>
#include <utility>

namespace writ {

namespace {

using load_detail::beside;
using load_detail::Content;
using load_detail::Files;
using load_detail::Found;
using load_detail::Prepared;
using Kind = Outline::Kind;

bool is_of_tenant(const Outline::Piece& piece) { return piece.kind == Kind::tenant || piece.kind == Kind::extension; }

// One side, read and looked at.
struct Read {
  std::vector<Found> found;
  std::vector<std::string> texts, rests;  // a rest: what stands outside of tenants and examples
  std::vector<Outline> outlines;
  bool whole = false;  // it cannot be taken apart
};

// What stands between the pieces.
std::string rest_of(std::string_view text, const Outline& outline) {
  std::string rest;
  std::size_t at = 0;
  const auto add = [&](std::size_t end) {
    const auto words = without_comments(text, at, end);
    if (!words.empty()) rest += (rest.empty() ? "" : " ") + words;
  };
  for (const auto& piece : outline.pieces) {
    add(piece.begin);
    at = piece.end;
  }
  add(text.size());
  return rest;
}

// Every import leads to a file that was read anyway.
bool imports_stay_inside(const Read& side, const Files& files, const Limits& limits) {
  std::set<load_detail::Identity> known;
  for (const auto& one : side.found) known.insert(one.identity);
  std::set<std::string> seen;
  for (std::size_t i = 0; i < side.found.size(); ++i)
    for (const auto& piece : side.outlines[i].pieces) {
      if (piece.kind != Kind::import) continue;
      if (piece.name.empty() || piece.name.starts_with('/')) return false;
      const auto path = beside(side.found[i].path, piece.name).string();
      if (!seen.insert(path).second) continue;
      Diagnostics ignored;
      const auto targets = files.find(path, {}, limits, ignored);
      if (targets.empty()) return false;
      if (std::ranges::any_of(targets, [&](const Found& one) { return !known.contains(one.identity); })) return false;
    }
  return true;
}

Read read(const Side& side, const Files& files, const Limits& limits) {
  Read made;
  Diagnostics problems;
  if (side.path == "-")
    made.found.push_back({"<stdin>", {}, {}, true});
  else
    made.found = files.find(side.path, {}, limits, problems);
  const auto count = made.found.size();
  made.texts.resize(count);
  made.rests.resize(count);
  made.outlines.resize(count);
  std::atomic<bool> good = count > 0 && !problems.has_errors();
  std::atomic<std::size_t> bytes = 0;
  in_parallel(count, [&](std::size_t i, std::size_t) {
    if (!good) return;
    Content content = files.read(made.found[i], limits.file_bytes);
    bytes += content.text.size();
    auto found = content.problem || bytes > limits.total_bytes ? std::nullopt : outline(content.text);
    made.texts[i] = std::move(content.text);
    if (!found) {
      // What came on standard input cannot be read twice: with its text it can still be loaded whole.
      good = false;
      return;
    }
    made.outlines[i] = std::move(*found);
    made.rests[i] = rest_of(made.texts[i], made.outlines[i]);
  });
  made.whole = !good || !imports_stay_inside(made, files, limits);
  return made;
}

// All that is written of each tenant, wherever it is.
std::map<std::string, std::string> tenants_of(const Read& side) {
  std::map<std::string, std::string> texts;
  for (std::size_t i = 0; i < side.found.size(); ++i)
    for (const auto& piece : side.outlines[i].pieces)
      if (is_of_tenant(piece)) texts[piece.name] += without_comments(side.texts[i], piece.begin, piece.end) + "\n";
  return texts;
}

// The head that every file has says nothing.
constexpr std::string_view head = "writ 1";

std::string shared_of(const Read& side) {
  std::string text;
  for (const auto& rest : side.rests)
    if (rest != head) text += (rest.starts_with("writ 1 ") ? rest.substr(head.size()) : rest) + "\n";
  return text;
}

// The text without the pieces that are not wanted; every line keeps its number.
std::string kept(const std::string& text, const Outline& outline, const std::set<std::string>& wanted) {
  std::string made;
  std::size_t at = 0;
  for (const auto& piece : outline.pieces) {
    if (piece.kind == Kind::import || (is_of_tenant(piece) && wanted.contains(piece.name))) continue;
    made.append(text, at, piece.begin - at);
    made.append(static_cast<std::size_t>(std::count(text.begin() + static_cast<std::ptrdiff_t>(piece.begin),
                                                    text.begin() + static_cast<std::ptrdiff_t>(piece.end), '\n')),
                '\n');
    at = piece.end;
  }
  return made.append(text, at);
}

Prepared prepare(const Read& side, const std::set<std::string>& wanted) {
  Prepared prepared;
  for (std::size_t i = 0; i < side.found.size(); ++i) {
    const auto& outline = side.outlines[i];
    const bool empty = std::ranges::none_of(
        outline.pieces, [&](const auto& piece) { return is_of_tenant(piece) && wanted.contains(piece.name); });
    if (empty && side.rests[i] == head)
      prepared.unread.insert(side.found[i].identity);
    else
      prepared.texts.emplace(side.found[i].identity, kept(side.texts[i], outline, wanted));
  }
  return prepared;
}

Prepared as_it_is(Read&& side) {
  Prepared prepared;
  for (std::size_t i = 0; i < side.found.size(); ++i)
    if (side.found[i].standard_input) prepared.texts.emplace(side.found[i].identity, std::move(side.texts[i]));
  return prepared;
}

}  // namespace

LoadedPair load_pair(const Side& before, const Side& after, const Limits& limits) {
  const load_detail::Disk disk;
  const auto files_of = [&](const Side& side) -> const Files& {
    return side.revision != nullptr ? side.revision->files() : disk;
  };
  Read reads[] = {read(before, files_of(before), limits), read(after, files_of(after), limits)};
  Prepared prepared[2];
  LoadedPair pair;
  if (!reads[0].whole && !reads[1].whole && shared_of(reads[0]) == shared_of(reads[1])) {
    const auto were = tenants_of(reads[0]), are = tenants_of(reads[1]);
    std::set<std::string> wanted;
    for (const auto& [name, text] : were)
      if (const auto now = are.find(name); now == are.end() || now->second != text) wanted.insert(name);
    for (const auto& [name, text] : are)
      if (!were.contains(name)) wanted.insert(name);
    pair.left_out =
        were.size() -
        static_cast<std::size_t>(std::ranges::count_if(wanted, [&](const auto& name) { return were.contains(name); }));
    for (std::size_t i = 0; i < 2; ++i) prepared[i] = prepare(reads[i], wanted);
  } else {
    for (std::size_t i = 0; i < 2; ++i) prepared[i] = as_it_is(std::move(reads[i]));
  }
  pair.before = load_detail::load_from(files_of(before), {&before.path, 1}, prepared[0], limits, Imports::follow);
  pair.after = load_detail::load_from(files_of(after), {&after.path, 1}, prepared[1], limits, Imports::follow);
  return pair;
}

}  // namespace writ
