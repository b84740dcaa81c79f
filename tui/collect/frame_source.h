/// Where a view has its frames from.
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

/// What to look at.
struct ViewRequest {
  /// Kinds, states, namespaces, sources; its fields are chosen by the source.
  sockutils::Query query;
  Fields columns;
  /// Owners are to know their containers.
  bool containers = false;
  std::chrono::milliseconds interval{1000};
  /// Where that is allowed.
  bool count_packets = true;
  /// The socket of which everything is wanted.
  std::optional<DetailTarget> detail;
  /// Of a recording.
  Playback playback;
  /// Another number: the query or the columns have changed.
  std::uint64_t version = 0;
};

/// Every call may come from any one thread; none of them waits but the destructor.
class FrameSource {
 public:
  virtual ~FrameSource() = default;
  virtual void set_request(const ViewRequest& request) = 0;
  /// The last one; null before there is any.
  virtual std::shared_ptr<const Frame> frame() const = 0;
  /// What is known of the socket that was last asked for, or null.
  virtual std::shared_ptr<const Details> details() const = 0;
};

/// Makes a source that begins with this request; `notify` is called on a thread of its own.
using SourceMaker =
    std::function<std::unique_ptr<FrameSource>(const ViewRequest& request, std::function<void()> notify)>;

}  // namespace tui
