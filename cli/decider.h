// One way to decide for `eval` and `explain`: by the interpreter, by machine code, by both compared, or by the oracle.
#pragma once

#include "cli/pipeline.h"
#include "runtime/engine/engine.h"

#include <memory>
#include <optional>
#include <string>

namespace writ::cli {

enum class Way : std::uint8_t { interpret, jit, both, oracle };

class Decider {
 public:
  // `error` says why this way cannot be gone here.
  Decider(const Pipeline& pipeline, Way way, std::string& error);
  ~Decider();

  // Nothing: the ways differ, and `difference` says how.
  std::optional<Explanation> decide(const NamedRequest& request, std::string& difference);
  // The same of a request of the pipeline's engine, by any way but the oracle's, which knows names only.
  std::optional<Decision> decide(const Request& request, std::string& difference);
  std::vector<TraceEntry> trace() const;                      // of the request decided last
  std::size_t without_code() const { return without_code_; }  // decisions that machine code could not make

 private:
  const Pipeline& pipeline_;
  Way way_;
  Request bound_;
  std::size_t without_code_ = 0;
  struct Oracle;
  std::unique_ptr<Oracle> oracle_;
};

}  // namespace writ::cli
