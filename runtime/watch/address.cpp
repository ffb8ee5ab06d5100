// An address. What it says is the latest is fetched into the cache under the name of its root, made whole there, and opened there; so whatever serves
// lies on this machine. Who is killed between any two steps finds, when started again, what served or what was about to.
#include "runtime/bundle/delta.h"
#include "runtime/bundle/latest.h"
#include "runtime/bundle/write.h"
#include "runtime/password/mapped.h"
#include "runtime/watch/fetch.h"
#include "runtime/watch/source.h"

#include <algorithm>
#include <filesystem>
#include <optional>

namespace writ::watch {

namespace {

namespace fs = std::filesystem;
using bundle::Bundle;
using bundle::Digest;
using bundle::Latest;
using bundle::Problem;

class Address : public Source {
 public:
  Address(std::string url, Serving& serving)
      : url_(std::move(url)),
        serving_(serving),
        cached_(files_of(serving.options.cache, serving)),
        how_{serving.options.ca_file, serving.options.plain_http, &serving.stop} {}

  std::string look() override {
    if (serving_.options.cache.empty()) return "an address wants a folder for what is fetched (cache)";
    if (!recovered_) {
      std::error_code failed;
      fs::create_directories(serving_.options.cache, failed);
      if (auto wrong = cached_->look(); !wrong.empty()) return wrong;
      recovered_ = true;
    }
    const auto answer = fetch(url_, etag_, bundle::max_latest, how_);
    if (!answer.problem.empty()) return answer.problem;
    if (answer.status == 304) {
      ++serving_.unchanged;
      return "";
    }
    Latest latest;
    auto problem = bundle::read_latest(answer.body, latest);
    if (!problem) problem = bundle::judge(latest, serving_.options.opening.trust);
    if (problem) return "`" + url_ + "` is refused: " + text_of(problem);
    serving_.step("told");
    auto wrong = follow(latest);
    if (wrong.empty()) etag_ = answer.etag;  // what could not be followed is asked for again
    return wrong;
  }
  std::string folder() const override { return ""; }

 private:
  std::string in_cache(const std::string& name) const { return (fs::path(serving_.options.cache) / name).string(); }
  std::string place_of(const Digest& root) const { return in_cache(to_hex(root) + ".writb"); }
  std::string beside(const std::string& name) const { return url_.substr(0, url_.rfind('/') + 1) + name; }

  std::string follow(const Latest& latest) {
    const auto now = serving_.engine.metrics();
    if (now.root == to_hex(latest.root) || refused_ == latest.root) return "";
    const auto place = place_of(latest.root);
    std::error_code failed;
    if (!fs::exists(place, failed) && !make_by_delta(latest, now.root))
      if (auto wrong = fetch_whole(latest, place); !wrong.empty()) return wrong;
    serving_.step("stored");
    if (serving_.open(place, url_)) {
      forget_all_but(place);
      return "";
    }
    // What is wrong with the machine may be right next time; what is wrong with the bundle stays wrong.
    const auto why = serving_.last.reason;
    if (why == bundle::Reason::bad_state || why == bundle::Reason::unreadable || why == bundle::Reason::not_yet_valid)
      return text_of(serving_.last);
    refused_ = latest.root;
    fs::remove(place, failed);
    return "";
  }

  // Whether what serves and a delta are the latest; it lies in its place then.
  bool make_by_delta(const Latest& latest, const std::string& served) {
    const auto step = std::ranges::find_if(latest.steps, [&](const auto& one) { return to_hex(one.base) == served; });
    if (step == latest.steps.end()) return false;
    Problem problem;
    const auto base = Bundle::open(place_of(step->base), problem);
    if (!base) return false;
    const auto part = in_cache("." + step->delta.name + ".part");
    if (!fetch_into(beside(step->delta.name), part, step->delta.size, how_, serving_.fetched).empty()) return false;
    serving_.step("fetched");
    std::shared_ptr<const Bundle> out;
    {
      password::Mapped file;
      if (file.open(part).empty()) out = bundle::apply(*base, std::as_bytes(file.bytes()), problem);
    }
    std::error_code failed;
    fs::remove(part, failed);
    return out && out->root() == latest.root &&
           !bundle::write_file(place_of(latest.root), out->body(), out->signatures());
  }

  std::string fetch_whole(const Latest& latest, const std::string& place) {
    const auto part = in_cache("." + to_hex(latest.root) + ".part");
    if (auto wrong = fetch_into(beside(latest.bundle.name), part, latest.bundle.size, how_, serving_.fetched);
        !wrong.empty())
      return wrong;
    serving_.step("fetched");
    Problem problem;
    const auto opened = Bundle::open(part, problem);
    std::error_code failed;
    if (!opened || opened->root() != latest.root) {
      fs::remove(part, failed);  // else it would be believed whole for ever
      return "`" + beside(latest.bundle.name) + "` is not the bundle that it should be" +
             (problem ? ": " + text_of(problem) : std::string());
    }
    fs::rename(part, place, failed);
    return failed ? "cannot write `" + place + "`: " + failed.message() : "";
  }

  void forget_all_but(const std::string& place) const {
    std::error_code failed;
    std::vector<fs::path> old;
    for (fs::directory_iterator at(serving_.options.cache, failed), end; !failed && at != end; at.increment(failed))
      if (const auto name = at->path().extension(); at->path() != place && (name == ".writb" || name == ".part"))
        old.push_back(at->path());
    for (const auto& path : old) fs::remove(path, failed);
  }

  std::string url_, etag_;
  Serving& serving_;
  std::unique_ptr<Source> cached_;
  Fetching how_;
  bool recovered_ = false;
  std::optional<Digest> refused_;
};

}  // namespace

std::unique_ptr<Source> address_of(std::string url, Serving& serving) {
  return std::make_unique<Address>(std::move(url), serving);
}

}  // namespace writ::watch
