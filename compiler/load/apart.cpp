// See apart.h. A set is read once, so what is looked at is what is loaded, whatever happens to the files meanwhile.
#include "compiler/load/apart.h"

#include "compiler/syntax/in_parallel.h"

#include <algorithm>
#include <atomic>
#include <utility>

namespace writ::load_detail {

namespace {

using Kind = Outline::Kind;

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
bool imports_stay_inside(const Apart& side, const Files& files, const Limits& limits) {
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

// A text of which something is left out; every line keeps its number.
class Kept {
 public:
  explicit Kept(const std::string& text) : text_(text) {}
  void leave_out(std::size_t begin, std::size_t end) {
    made_.append(text_, at_, begin - at_);
    made_.append(static_cast<std::size_t>(std::count(text_.begin() + static_cast<std::ptrdiff_t>(begin),
                                                     text_.begin() + static_cast<std::ptrdiff_t>(end), '\n')),
                 '\n');
    at_ = end;
  }
  std::string finish() { return std::move(made_.append(text_, at_)); }

 private:
  const std::string& text_;
  std::string made_;
  std::size_t at_ = 0;
};

// The text without the pieces that are not wanted.
std::string kept(const std::string& text, const Outline& outline, const Wanted& wanted) {
  Kept made(text);
  for (const auto& piece : outline.pieces) {
    if (piece.kind == Kind::import) continue;
    if (!is_of_tenant(piece) || !wanted.tenants.contains(piece.name)) {
      made.leave_out(piece.begin, piece.end);
      continue;
    }
    const auto some = wanted.organizations.find(piece.name);
    if (some == wanted.organizations.end()) continue;
    for (const auto& organization : piece.organizations)
      if (!some->second.contains(organization.name)) made.leave_out(organization.begin, organization.end);
  }
  return made.finish();
}

}  // namespace

Apart take_apart(const std::string& path, const Files& files, const Limits& limits) {
  Apart made;
  Diagnostics problems;
  if (path == "-")
    made.found.push_back({"<stdin>", {}, {}, true});
  else
    made.found = files.find(path, {}, limits, problems);
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

Prepared prepare(const Apart& side, const Wanted& wanted) {
  Prepared prepared;
  for (std::size_t i = 0; i < side.found.size(); ++i) {
    const auto& outline = side.outlines[i];
    const bool empty = std::ranges::none_of(
        outline.pieces, [&](const auto& piece) { return is_of_tenant(piece) && wanted.tenants.contains(piece.name); });
    if (empty && side.rests[i] == rest_of_nothing)
      prepared.unread.insert(side.found[i].identity);
    else
      prepared.texts.emplace(side.found[i].identity, kept(side.texts[i], outline, wanted));
  }
  return prepared;
}

// Of a file that has nothing but other tenants, its imports are left: they say which file comes before which.
Prepared prepare_in_order(const Apart& side, const Wanted& wanted) {
  auto prepared = prepare(side, wanted);
  for (std::size_t i = 0; i < side.found.size(); ++i) {
    const auto found = prepared.unread.find(side.found[i].identity);
    if (found == prepared.unread.end()) continue;
    std::string imports;
    for (const auto& piece : side.outlines[i].pieces)
      if (piece.kind == Kind::import) imports.append(side.texts[i], piece.begin, piece.end - piece.begin).append("\n");
    if (imports.empty()) continue;
    prepared.unread.erase(found);
    prepared.texts.emplace(side.found[i].identity, std::string(rest_of_nothing) + "\n" + imports);
  }
  return prepared;
}

std::string rest_in_place(const Apart& side, std::size_t file) {
  return side.rests[file] == rest_of_nothing ? std::string() : kept(side.texts[file], side.outlines[file], {});
}

Prepared as_it_is(Apart&& side) {
  Prepared prepared;
  for (std::size_t i = 0; i < side.found.size(); ++i)
    if (side.found[i].standard_input) prepared.texts.emplace(side.found[i].identity, std::move(side.texts[i]));
  return prepared;
}

}  // namespace writ::load_detail
