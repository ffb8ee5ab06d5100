// Decisions of a stream as JSON lines, quickly. A stream asks much the same again and again, and what is said of a decision without a fault depends
// on the decision, its action and its client alone, as long as the tenants stay what they are: it is made once, and kept as long as there is room.
#pragma once

#include "runtime/engine/engine.h"
#include "runtime/json/request_reader.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace writ::cli {

// Of one thread, and of an engine in which no tenant is put or removed while this lives.
class DecisionLines {
 public:
  explicit DecisionLines(const Engine& engine);
  // Appends to_json(engine.explain(request, decision)) and the end of a line. The decision is the request's, which was started with these names.
  void append(const Request& request, const RequestNames& names, const Decision& decision, std::string& to);

 private:
  // What one line depends on, and the line, in one piece: looking for it reads memory in a row.
  struct Kept {
    std::uint64_t hash = 0;
    Action action{};
    std::uint32_t tenant = 0, client = 0;  // sizes
    std::string bytes;  // the decision, the tenant, the client, the line; empty: nothing is kept here
    std::string_view line_of(const RequestNames& names, const Decision& decision) const;  // empty: of another
  };

  const Engine& engine_;
  std::vector<Kept> kept_;  // in groups of `ways`
  std::size_t turn_ = 0;    // which of a group is given up next
};

}  // namespace writ::cli
