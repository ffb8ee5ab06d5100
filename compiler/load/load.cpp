// Loading goes in waves: the files known so far are read and parsed, several at a time, then their imports name the next
// wave. Files get their numbers between the parallel steps, in a fixed order, so nothing of the result depends on which
// thread was first. When all are known, one walk over the imports gives the order, the circles and the depth.
#include "compiler/load/load.h"

#include "compiler/load/files.h"
#include "compiler/load/forget.h"
#include "compiler/load/loader.h"
#include "compiler/syntax/in_parallel.h"
#include "compiler/syntax/syntax.h"

#include <algorithm>
#include <map>
#include <new>
#include <utility>

#include <malloc.h>

namespace writ {

namespace {

using load_detail::beside;
using load_detail::Content;
using load_detail::Files;
using load_detail::Found;
using load_detail::Identity;
using load_detail::Prepared;

struct Import {
  Span span;
  std::vector<std::size_t> targets;  // indexes of files
};

struct File {
  Found found;
  Span wanted_by;  // the import that named it first
  FileId id{};
  const tree::Tree* tree = nullptr;  // none: it could not be read
  std::vector<Import> imports;
};

class Loader {
 public:
  Loader(const Files& files, const Prepared& prepared, const Limits& limits, Imports imports, Loaded& out)
      : from_(files), prepared_(prepared), limits_(limits), imports_(imports), out_(out) {}

  void run(std::span<const std::string> paths) {
    for (const std::string& path : paths) {
      if (path == "-")
        add({"<stdin>", {}, {}, true}, {});
      else
        add_path(path, {}, nullptr);
    }
    const std::size_t roots = files_.size();
    for (std::size_t done = 0; done < files_.size();) {
      const std::size_t end = files_.size();
      parse_wave(read_wave(done, end), done, end);
      for (; done < end; ++done) follow(done);
    }
    state_.assign(files_.size(), State::fresh);
    for (std::size_t i = 0; i < roots; ++i) place(i);
  }

 private:
  // ---- finding

  void add_path(const std::string& path, Span from, std::vector<std::size_t>* targets) {
    for (Found& found : from_.find(path, from, limits_, out_.diagnostics)) {
      const std::optional<std::size_t> index = add(std::move(found), from);
      if (index && targets) targets->push_back(*index);
    }
  }

  std::optional<std::size_t> add(Found found, Span from) {
    // Standard input has the identity {0, 0}, which no file has.
    if (const auto known = by_identity_.find(found.identity); known != by_identity_.end()) return known->second;
    if (files_.size() >= limits_.files) {
      if (!std::exchange(too_many_, true))
        out_.diagnostics.add(Code::too_many_files, from, "more than " + std::to_string(limits_.files) + " policy files")
            .hint("is this the folder of the policy? if it is, put several tenants into one file");
      return std::nullopt;
    }
    by_identity_.emplace(found.identity, files_.size());
    File file;
    file.found = std::move(found);
    file.wanted_by = from;
    files_.push_back(std::move(file));
    return files_.size() - 1;
  }

  // ---- reading and parsing

  std::vector<Content> read_wave(std::size_t begin, std::size_t end) {
    std::vector<Content> contents(end - begin);
    in_parallel(end - begin, [&](std::size_t i, std::size_t) {
      const Found& found = files_[begin + i].found;
      try {
        const auto known = prepared_.texts.find(found.identity);
        contents[i] = known == prepared_.texts.end() ? from_.read(found, limits_.file_bytes)
                                                     : Content{known->second, std::nullopt};
      } catch (const std::bad_alloc&) {
        contents[i] = {{},
                       load_detail::Problem{Code::file_unreadable,
                                            "cannot read `" + found.name + "`: not enough memory",
                                            "check fewer files at once, or give the machine more memory"}};
      }
    });
    return contents;
  }

  void parse_wave(std::vector<Content> contents, std::size_t begin, std::size_t end) {
    std::vector<std::size_t> good;
    for (std::size_t i = begin; i < end; ++i) {
      if (prepared_.unread.contains(files_[i].found.identity)) continue;
      Content& content = contents[i - begin];
      if (!content.problem && content.text.size() > limits_.total_bytes - bytes_) {
        content.problem = {Code::policy_too_large,
                           "the policy set is larger than " + load_detail::size_text(limits_.total_bytes),
                           "give tenants of one shape a template"};
        bytes_ = limits_.total_bytes;
      }
      if (content.problem) {
        out_.diagnostics.add(content.problem->code, files_[i].wanted_by, content.problem->message)
            .hint(content.problem->help);
        continue;
      }
      bytes_ += content.text.size();
      files_[i].id = out_.sources.add(files_[i].found.name, std::move(content.text));
      good.push_back(i);
    }
    const std::size_t first = out_.trees.size();
    out_.trees.resize(first + good.size());
    std::vector<Diagnostics> told(good.size());
    in_parallel(good.size(), [&](std::size_t i, std::size_t) {
      out_.trees[first + i] = parse(out_.sources, files_[good[i]].id, limits_, told[i]);
    });
    for (std::size_t i = 0; i < good.size(); ++i) {
      files_[good[i]].tree = &out_.trees[first + i];
      out_.diagnostics.append(std::move(told[i]));
    }
  }

  // ---- imports

  void follow(std::size_t index) {
    if (files_[index].tree == nullptr || imports_ == Imports::leave) return;
    const Found importer = files_[index].found;
    for (const tree::Declaration& declaration : files_[index].tree->declarations) {
      const auto* import = std::get_if<tree::ImportDecl>(&declaration);
      if (import == nullptr) continue;
      Import made{import->path.span, {}};
      if (legal(import->path)) {
        add_path(beside(importer.path, import->path.text).string(), import->path.span, &made.targets);
      }
      files_[index].imports.push_back(std::move(made));
    }
  }

  bool legal(const tree::Text& path) {
    const std::string& text = path.text;
    const bool odd = text.empty() || text.find('\0') != std::string::npos || text.find('\n') != std::string::npos;
    if (odd || text.starts_with('/')) {
      out_.diagnostics
          .add(Code::bad_import_path, path.span,
               text.empty() ? "an import without a path"
               : odd        ? "not a path"
                            : "an import from a fixed place: `" + text + "`")
          .hint("write a path relative to this file, as in `import \"../shared/facts.writ\"`");
      return false;
    }
    return true;
  }

  // ---- order

  enum class State : std::uint8_t { fresh, open, done };

  void place(std::size_t index) {
    if (state_[index] != State::fresh) return;
    state_[index] = State::open;
    for (const Import& import : files_[index].imports) {
      path_.push_back({index, import.span});
      for (const std::size_t target : import.targets) {
        if (state_[target] == State::open)
          circle(target);
        else if (path_.size() > limits_.import_depth)
          too_deep(import.span);
        else
          place(target);
      }
      path_.pop_back();
    }
    state_[index] = State::done;
    if (files_[index].tree) out_.order.push_back(files_[index].tree);
  }

  void circle(std::size_t target) {
    const auto start = std::find_if(path_.begin(), path_.end(), [&](const Step& step) { return step.file == target; });
    std::string chain;
    for (auto at = start; at != path_.end(); ++at) chain += "`" + files_[at->file].found.name + "` → ";
    Diagnostic& told =
        out_.diagnostics.add(Code::import_cycle, path_.back().import,
                             "files import each other in a circle: " + chain + "`" + files_[target].found.name + "`");
    for (auto at = start; at + 1 != path_.end(); ++at) told.at(at->import, "imported here");
    told.hint("move what both need into a file of its own and import that");
  }

  void too_deep(Span span) {
    if (std::exchange(told_too_deep_, true)) return;
    out_.diagnostics
        .add(Code::import_too_deep, span,
             "imports are nested more than " + std::to_string(limits_.import_depth) + " deep")
        .hint("a folder is a policy set too: its files need not import each other");
  }

  struct Step {
    std::size_t file;
    Span import;
  };

  const Files& from_;
  const Prepared& prepared_;
  const Limits& limits_;
  Imports imports_;
  Loaded& out_;
  std::deque<File> files_;
  std::map<Identity, std::size_t> by_identity_;
  std::vector<State> state_;
  std::vector<Step> path_;
  std::size_t bytes_ = 0;
  bool too_many_ = false, told_too_deep_ = false;
};

}  // namespace

namespace {

constexpr auto give_back = [](auto& list) {
  list.clear();
  list.shrink_to_fit();
};

tree::Tree* tree_of(Loaded& loaded, FileId file) {
  const auto found = std::ranges::lower_bound(loaded.trees, file, {}, &tree::Tree::file);  // as they were numbered
  return found == loaded.trees.end() || found->file != file ? nullptr : &*found;
}

void forget(tree::Declaration& declaration) {
  if (auto* tenant = std::get_if<tree::TenantDecl>(&declaration)) give_back(tenant->items);
  if (auto* extend = std::get_if<tree::ExtendTenantDecl>(&declaration)) give_back(extend->items);
}

}  // namespace

void forget_body(Loaded& loaded, Span declaration) {
  auto* const tree = tree_of(loaded, declaration.file);
  if (tree == nullptr) return;
  const auto begin = [](const tree::Declaration& one) {
    return std::visit([](const auto& node) { return node.span.begin; }, one);
  };
  const auto found = std::ranges::lower_bound(tree->declarations, declaration.begin, {}, begin);
  if (found != tree->declarations.end() && begin(*found) == declaration.begin) forget(*found);
}

void forget_bodies(Loaded& loaded, FileId file) {
  auto* const tree = tree_of(loaded, file);
  if (tree == nullptr) return;
  std::ranges::for_each(tree->declarations, forget);
  give_back(tree->expressions);
  give_back(tree->comments);
}

namespace {

// Parsing leaves free memory behind in the heaps of its threads, a few times the text, where nobody else finds it.
void give_back_memory() {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}

}  // namespace

Loaded load_detail::load_from(const Files& files, std::span<const std::string> paths, const Prepared& prepared,
                              const Limits& limits, Imports imports) {
  Loaded out;
  try {
    Loader(files, prepared, limits, imports, out).run(paths);
  } catch (const std::exception& failure) {
    // Memory or the file system gave up half way: what is there must not pass for the whole policy.
    out.diagnostics.add(Code::file_unreadable, {}, std::string("loading stopped: ") + failure.what());
  }
  give_back_memory();
  return out;
}

Loaded load(std::span<const std::string> paths, const Limits& limits, Imports imports) {
  return load_detail::load_from(load_detail::Disk(), paths, {}, limits, imports);
}

}  // namespace writ
