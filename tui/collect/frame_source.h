/// The interface of sources of frames.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "sockutils/list.h"
#include "tui/collect/details.h"
#include "tui/collect/frame.h"
#include "tui/collect/playback.h"

namespace tui {

/// What to collect.
struct ViewRequest {
  /// Kinds, states, namespaces, sources; the fields are set by the source.
  sockutils::Query query;
  Fields columns;
  /// Whether owners need their containers.
  bool containers = false;
  std::chrono::milliseconds interval{1000};
  /// If permitted.
  bool count_packets = true;
  /// The socket whose details are wanted.
  std::optional<DetailTarget> detail;
  /// For a recording.
  Playback playback;
  /// Changes when the query or the columns change.
  std::uint64_t version = 0;
};

/// All calls must come from one thread; none of them waits, except the destructor.
class FrameSource {
 public:
  virtual ~FrameSource() = default;
  virtual void set_request(const ViewRequest& request) = 0;
  /// The latest frame; null before the first.
  virtual std::shared_ptr<const Frame> frame() const = 0;
  /// The details of the last requested socket, or null.
  virtual std::shared_ptr<const Details> details() const = 0;
};

/// Makes a source that starts with this request; `notify` is called on another thread.
using SourceMaker =
    std::function<std::unique_ptr<FrameSource>(const ViewRequest& request, std::function<void()> notify)>;

}  // namespace tui
