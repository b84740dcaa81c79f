#include "probe/via/secure_stream.h"

namespace sockutils::probe {

void MessageStream::put(std::string_view wire) {
  if (is_broken()) return;
  if (tls_ == nullptr) return frames_.add(wire);
  const auto state = tls_->put(wire);
  std::string text;
  while (tls_->read(text, LargestFrame) > 0) continue;
  frames_.add(text);
  if (state == TlsSession::State::Failed) problem_ = tls_->error().message();
}

std::string MessageStream::take() {
  if (tls_ != nullptr) tls_->take(unsent_);
  return std::exchange(unsent_, {});
}

std::optional<Message> MessageStream::next() {
  const auto frame = frames_.take();
  if (frames_.is_broken() && !is_broken()) problem_ = "what came is not of this protocol";
  if (!frame) return std::nullopt;
  auto message = decode(*frame);
  if (!message && !is_broken()) problem_ = "a message that cannot be understood";
  return message;
}

void MessageStream::send(const Message& message) {
  if (tls_ == nullptr) {
    unsent_ += encode(message);
  } else if (auto written = tls_->write(encode(message)); !written && !is_broken()) {
    problem_ = written.error().message();
  }
}

}  // namespace sockutils::probe
