/* Looks names up as programs do that were linked with this C library: `lookup NAME…`. */
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

int main(int argc, char **argv) {
  for (int at = 1; at < argc; at++) {
    struct addrinfo hints, *found = NULL;
    memset(&hints, 0, sizeof hints);
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    int code = getaddrinfo(argv[at], NULL, &hints, &found);
    printf("%s %s\n", argv[at], code == 0 ? "found" : gai_strerror(code));
    if (code == 0) freeaddrinfo(found);
  }
  return 0;
}
