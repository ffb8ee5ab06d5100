// Requests from JSON, quickly: into a request that is asked at once, with nothing in between. What it reads and what it says of the rest is what
// read_request says (request_json.h): ordinary requests are read in one pass, and all that is out of the ordinary, wrong ones above all, is left to
// that one.
#pragma once

#include "runtime/engine/engine.h"
#include "runtime/json/request_json.h"

#include <memory>
#include <string>
#include <string_view>

namespace writ {

// What a request was started with.
struct RequestNames {
  Action action{};
  std::string_view tenant, client, connection, organization;  // the last two: null data where there is none
};

// Of one thread at a time, and of one engine, which must outlive it. Reuse it: it keeps its memory.
class RequestReader {
 public:
  explicit RequestReader(const Engine& engine, const JsonLimits& limits = {});
  ~RequestReader();
  RequestReader(RequestReader&&) noexcept;
  RequestReader& operator=(RequestReader&&) noexcept;

  // Starts `request` with what the text says. Empty, or what is wrong with the text; then `request` must not be asked. The request borrows from this
  // reader until it reads again. Never throws.
  std::string read(std::string_view text, Request& request) noexcept;
  // Of the request that was read last, until the next one.
  const RequestNames& names() const;
  // How many texts were out of the ordinary, and took the longer way.
  std::size_t careful_reads() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace writ
