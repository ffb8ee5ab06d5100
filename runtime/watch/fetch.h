// Fetching over HTTP, by libcurl; the only place that sees it.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

namespace writ::watch {

struct Fetched {
  std::string problem;  // none: there was an answer of 200, 206 or 304
  long status = 0;
  std::string body;
  std::string
      etag;  // none where the text was changed in the very second it was asked for: another change of that second might have the same
};

struct Fetching {
  std::string ca_file;
  bool plain_http = false;
  const std::atomic<bool>* stop = nullptr;  // ends it
};

// A small text, of at most `limit` bytes; with the ETag of the one before, 304 when it is the same.
Fetched fetch(const std::string& url, const std::string& etag, std::size_t limit, const Fetching& how);
// Into a file, behind what is there already; never more than `size` bytes in all. Says what is wrong, or nothing when they are there, on disk.
// `fetched` counts what came.
std::string fetch_into(const std::string& url, const std::string& path, std::uint64_t size, const Fetching& how,
                       std::atomic<std::uint64_t>& fetched);

}  // namespace writ::watch
