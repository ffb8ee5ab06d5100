// What counts as less protection than before, and that files are read back as they were written.
#include "compiler/testing/snapshot.h"

#include <filesystem>
#include <fstream>

#include <catch2/catch.hpp>
#include <unistd.h>

using namespace writ;
using namespace writ::testing;

namespace {

namespace fs = std::filesystem;

Outcome outcome(std::string effect, std::vector<std::string> by = {}, std::vector<std::string> needs = {}) {
  return {effect, effect, {}, std::move(by), std::move(needs), {}};
}

// A policy file of its own folder, so that snapshots have a place to lie.
class Beside {
 public:
  Beside() : folder_(fs::temp_directory_path() / ("writ_snapshots_" + std::to_string(::getpid()))) {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    tree_.file = sources_.add((folder_ / "p.writ").string(), "writ 1\n");
    trees_.push_back(&tree_);
  }
  ~Beside() { fs::remove_all(folder_); }
  std::string read(Snapshots& snapshots) const { return snapshots.read(sources_, trees_); }
  std::string path() const { return (folder_ / "p.writ.snap").string(); }
  void write(const std::string& text) const { std::ofstream(path(), std::ios::binary) << text; }
  std::string text() const {
    std::ifstream in(path(), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  FileId file() const { return tree_.file; }

 private:
  fs::path folder_;
  SourceSet sources_;
  tree::Tree tree_;
  std::vector<const tree::Tree*> trees_;
};

}  // namespace

TEST_CASE("an effect nearer to an allow is looser, one further away is not") {
  const std::vector<std::string> order = {"deny", "challenge", "allow"};
  for (std::size_t was = 0; was < order.size(); ++was)
    for (std::size_t now = 0; now < order.size(); ++now) {
      INFO(order[was] << " → " << order[now]);
      CHECK(looser(outcome(order[now]), outcome(order[was])) == (now > was));
    }
  CHECK(looser(outcome("accepted"), outcome("refused")));
  CHECK_FALSE(looser(outcome("refused"), outcome("accepted")));
}

TEST_CASE("of one effect, less that denies or asks is looser, and more that allows") {
  CHECK(looser(outcome("deny", {"a"}), outcome("deny", {"a", "b"})));
  CHECK(looser(outcome("deny", {"a", "c"}), outcome("deny", {"a", "b"})));
  CHECK_FALSE(looser(outcome("deny", {"a", "b", "c"}), outcome("deny", {"a", "b"})));
  CHECK(looser(outcome("challenge", {"r"}, {"mfa"}), outcome("challenge", {"r"}, {"mfa", "verify_email"})));
  CHECK_FALSE(looser(outcome("challenge", {"r"}, {"mfa", "verify_email"}), outcome("challenge", {"r"}, {"mfa"})));
  CHECK(looser(outcome("allow", {"a", "b"}), outcome("allow", {"a"})));
  CHECK_FALSE(looser(outcome("allow", {"a"}), outcome("allow", {"a", "b"})));
  auto fault = outcome("deny");
  fault.fault = "locked_out";
  CHECK(looser(outcome("deny", {"no_allow"}), fault));
  auto would_deny = outcome("allow", {"a"});
  would_deny.would_be = "deny";
  CHECK(looser(outcome("allow", {"a"}), would_deny));
  CHECK_FALSE(looser(would_deny, outcome("allow", {"a"})));
}

TEST_CASE("what is written is read again, whatever is in its names") {
  const Beside place;
  Outcome whole = outcome("challenge", {"acme/require \"q\" \\ \n x\x01y"}, {"mfa within 15m", "accept(\"ä\")"});
  whole.would_be = "deny";
  whole.reports = {"acme/deny old"};
  const std::vector<Taken> taken = {{place.file(),
                                     "a \"test\"\n of two lines",
                                     "p.writ:1",
                                     {{"login to a.b { user.id = \"x\ny\" }", whole}, {"again", outcome("allow")}}},
                                    {place.file(), "another", "p.writ:9", {{"again", outcome("deny", {"no_allow"})}}}};
  {
    Snapshots made;
    REQUIRE(place.read(made) == "");
    const auto changes = made.update(taken, true, false);
    CHECK(changes.size() == 3);
    REQUIRE(made.write() == "");
  }
  Snapshots read;
  REQUIRE(place.read(read) == "");
  for (const auto& test : taken)
    for (const auto& one : test.snapshots) {
      const Outcome* found = read.find(place.file(), test.test, one.asked);
      REQUIRE(found != nullptr);
      CHECK(*found == one.outcome);
    }
  CHECK(read.find(place.file(), "another", "never asked") == nullptr);
  CHECK(read.unasked(taken, true).empty());
  CHECK(read.update(taken, true, false).empty());
  const auto before = place.text();
  REQUIRE(read.write() == "");
  CHECK(place.text() == before);
}

TEST_CASE("an update of some tests leaves the others, one of all forgets what is gone") {
  const Beside place;
  place.write("writ snapshot 1\n\ntest \"kept\"\n  q\n    deny\n\ntest \"ran\"\n  q\n    deny\n  old\n    deny\n");
  const std::vector<Taken> taken = {{place.file(), "ran", "p.writ:1", {{"q", outcome("allow")}}}};
  Snapshots snapshots;
  REQUIRE(place.read(snapshots) == "");
  CHECK(snapshots.unasked(taken, false).size() == 1);
  CHECK(snapshots.unasked(taken, true).size() == 2);
  const auto changes = snapshots.update(taken, false, false);
  REQUIRE(changes.size() == 2);
  CHECK(changes[0].kind == Change::Kind::removed);
  CHECK(changes[1].kind == Change::Kind::looser);
  CHECK(snapshots.find(place.file(), "ran", "q")->effect == "deny");  // kept: nobody accepted it
  CHECK(snapshots.find(place.file(), "kept", "q") != nullptr);
  snapshots.update(taken, true, true);
  CHECK(snapshots.find(place.file(), "ran", "q")->effect == "allow");
  CHECK(snapshots.find(place.file(), "kept", "q") == nullptr);
  const std::vector<Taken> nothing;
  snapshots.update(nothing, true, false);
  REQUIRE(snapshots.write() == "");
  CHECK_FALSE(fs::exists(place.path()));
}

TEST_CASE("a file that is none says so, with the line") {
  for (const char* text :
       {"", "snapshot\n", "writ snapshot 1\nx\n", "writ snapshot 1\n  q\n", "writ snapshot 1\ntest t\n",
        "writ snapshot 1\ntest \"t\"\n    deny\n", "writ snapshot 1\ntest \"t\"\n  q\n",
        "writ snapshot 1\ntest \"t\"\n  q\n    deny\n    deny\n", "writ snapshot 1\ntest \"t\"\n  q\n    by x\n",
        "writ snapshot 1\ntest \"t\"\n  q\n    by \"x\n", "writ snapshot 1\ntest \"t\"\n  q\n    by \"\\q\"\n",
        "writ snapshot 1\ntest \"t\"\n  q\n    deny\n  q\n    deny\n",
        "writ snapshot 1\ntest \"t\"\n  q\n    deny\ntest \"t\"\n",
        "writ snapshot 1\ntest \"t\"\n  q\n    would be x\n"}) {
    INFO(text);
    const Beside place;
    place.write(text);
    Snapshots snapshots;
    const auto said = place.read(snapshots);
    CHECK(said.find("p.writ.snap:") != std::string::npos);
    CHECK(said.find("--update") != std::string::npos);
  }
}
