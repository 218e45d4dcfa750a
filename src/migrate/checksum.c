#include "migrate/checksum.h"

#include <openssl/evp.h>
#include <stdint.h>

#include "base/memory.h"
#include "base/text.h"

/* ISO 3309, the one of zip and Ethernet. */
static uint32_t crc32_add(uint32_t crc, const char *bytes, size_t length)
{
    crc = ~crc;
    for (size_t i = 0; i < length; i++) {
        crc ^= (unsigned char)bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320u : 0);
    }
    return ~crc;
}

/* Lines end in LF, CR LF or CR, as Java's BufferedReader sees them. */
static char *crc32_of_lines(const char *content, size_t length)
{
    static const char mark[] = "\xEF\xBB\xBF";
    uint32_t crc = 0;
    size_t start = length >= 3 && strncmp(content, mark, 3) == 0 ? 3 : 0;
    for (size_t i = start; i <= length; i++) {
        if (i < length && content[i] != '\n' && content[i] != '\r')
            continue;
        crc = crc32_add(crc, content + start, i - start);
        start = i + 1;
    }
    return memory_format("%d", (int32_t)crc);
}

static char *digest_of(const EVP_MD *algorithm, const char *content, size_t length)
{
    unsigned char bytes[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    if (EVP_Digest(content, length, bytes, &size, algorithm, NULL) != 1)
        memory_exhausted(); /* no memory, or a library without this digest */
    struct text digits = {0};
    for (unsigned int i = 0; i < size; i++)
        text_append_format(&digits, "%02x", bytes[i]);
    return text_detach(&digits);
}

char *checksum_of(enum checksum_kind kind, const char *content, size_t length)
{
    if (kind == CHECKSUM_CRC32_LINES)
        return crc32_of_lines(content, length);
    if (kind == CHECKSUM_SHA256)
        return digest_of(EVP_sha256(), content, length);
    if (kind == CHECKSUM_SHA384)
        return digest_of(EVP_sha384(), content, length);
    return NULL;
}
