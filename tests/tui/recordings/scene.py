"""The scene that make_scene records: a server that streams, one that does not read, one with a full backlog,
a short connection, UDP, and a process whose name holds escape sequences."""
import ctypes
import os
import socket
import subprocess
import sys
import time

LIBC = ctypes.CDLL(None)
PR_SET_NAME = 15


def play(name, role):
    """Runs `role` in a process of this name until the scene ends."""
    pid = os.fork()
    if pid == 0:
        LIBC.prctl(PR_SET_NAME, name)
        role()
        time.sleep(60)
        os._exit(0)
    return pid


def listener(port, backlog=16, address="127.0.0.1"):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    made = socket.socket(family)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.bind((address, port))
    made.listen(backlog)
    return made


def swallow(port):
    door = listener(port)
    guest, _ = door.accept()
    while guest.recv(65536):
        pass


def stream(port, size, pause):
    end = socket.create_connection(("127.0.0.1", port))
    while True:
        end.sendall(b"x" * size)
        time.sleep(pause)


def ignore(port):
    door = listener(port)
    guest, _ = door.accept()
    return door, guest, time.sleep(60)


def push(port):
    end = socket.create_connection(("127.0.0.1", port))
    end.setblocking(False)
    while True:
        try:
            end.send(b"y" * 4096)
        except BlockingIOError:
            time.sleep(0.2)


def short():
    for _ in range(60):
        time.sleep(0.6)
        end = socket.create_connection(("127.0.0.1", 8081))
        time.sleep(1.2)
        end.close()


def full(port):
    door = listener(port, 1, "::")
    ends = [socket.create_connection(("::1", port)) for _ in range(2)]
    return door, ends, time.sleep(60)


def datagrams():
    end = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    end.bind(("0.0.0.0", 5353))
    time.sleep(60)


def greet(port):
    door = listener(port)
    while True:
        guest, _ = door.accept()
        guest.recv(1)
        guest.close()


cast = [
    play(b"web", lambda: swallow(8080)),
    play(b"lazy", lambda: ignore(9000)),
    play(b"greeter", lambda: greet(8081)),
    play(b"busy-door", lambda: full(8443)),
    play(b"names", datagrams),
]
time.sleep(0.5)
cast += [
    play(b"backup", lambda: stream(8080, 20000, 0.05)),
    play(b"\x1b[31mevil\n", lambda: push(9000)),
    play(b"\xe6\x97\xa5\xe6\x9c\xac", short),
]
time.sleep(0.5)
done = subprocess.run([os.environ["SCENE_PROGRAM"], "-b", "-n", "6", "-i", "1", "-t", "-u", "--record",
                       os.environ["SCENE_FILE"]], stdout=subprocess.DEVNULL)
for pid in cast:
    os.kill(pid, 9)
sys.exit(done.returncode)
