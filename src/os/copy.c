/* SPDX-License-Identifier: Apache-2.0 */
#include "os/copy.h"

#include "base/assert.h"
#include "os/file.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

/* More than a disk reads in one go, less than anybody's stack of a thread. */
#define STEP_BYTES 8192

static enum error failed(void)
{
	return errno == ENOSPC || errno == EDQUOT || errno == EFBIG ? ERROR_STORAGE_FULL
								    : ERROR_STORAGE;
}

static enum error write_all(int file, const uint8_t *bytes, size_t length)
{
	size_t done = 0;
	while (done < length) {
		ssize_t written = write(file, bytes + done, length - done);
		if (written < 0 && errno != EINTR)
			return failed();
		done += written > 0 ? (size_t)written : 0;
	}
	return ERROR_OK;
}

/* `to` -1: nothing is written. */
static enum error pass(int from, int to, EVP_MD_CTX *hash, const struct copy_progress *progress,
		       int64_t *ret_bytes)
{
	uint8_t bytes[STEP_BYTES];
	int64_t total = 0;
	ssize_t length = 1;
	while (length != 0) {
		length = read(from, bytes, sizeof(bytes));
		if (length < 0 && errno != EINTR)
			return failed();
		if (length <= 0)
			continue;
		ASSERT(EVP_DigestUpdate(hash, bytes, (size_t)length) == 1);
		enum error error = to < 0 ? ERROR_OK : write_all(to, bytes, (size_t)length);
		if (error != ERROR_OK)
			return error;
		total += length;
		if (progress->tell != NULL)
			progress->tell(progress->context, length);
	}
	*ret_bytes = total;
	return to < 0 || fsync(to) == 0 ? ERROR_OK : failed();
}

static enum error open_regular(int folder, const char *name, int *ret_file)
{
	struct stat about;
	int file;
	enum error error = file_open_below(folder, name, O_RDONLY | O_NONBLOCK, &file);
	if (error != ERROR_OK)
		return error;
	if (fstat(file, &about) != 0 || !S_ISREG(about.st_mode)) {
		file_close(file);
		return ERROR_STORAGE;
	}
	*ret_file = file;
	return ERROR_OK;
}

static enum error seal(int from, int to, const struct copy_progress *progress,
		       struct copy_seal *ret_seal)
{
	EVP_MD_CTX *hash = EVP_MD_CTX_new();
	uint8_t digest[HASH_SHA256_BYTES];
	enum error error = ERROR_LIMIT;
	if (hash != NULL && EVP_DigestInit_ex(hash, EVP_sha256(), NULL) == 1)
		error = pass(from, to, hash, progress, &ret_seal->bytes);
	if (error == ERROR_OK) {
		ASSERT(EVP_DigestFinal_ex(hash, digest, NULL) == 1);
		hash_write_hex(digest, ret_seal->sha256);
	}
	EVP_MD_CTX_free(hash);
	return error;
}

enum error copy_seal_file(int folder, const char *name, const struct copy_progress *progress,
			  struct copy_seal *ret_seal)
{
	int file;
	enum error error = open_regular(folder, name, &file);
	if (error != ERROR_OK)
		return error;
	error = seal(file, -1, progress, ret_seal);
	file_close(file);
	return error;
}

enum error copy_file(int from, int to, const char *name, const struct copy_progress *progress,
		     struct copy_seal *ret_seal)
{
	int source, target;
	enum error error = open_regular(from, name, &source);
	if (error != ERROR_OK)
		return error;
	error = file_open_below(to, name, O_WRONLY | O_CREAT | O_EXCL, &target);
	if (error == ERROR_OK) {
		error = seal(source, target, progress, ret_seal);
		file_close(target);
		if (error == ERROR_OK && fsync(to) != 0)
			error = failed();
	}
	file_close(source);
	return error;
}
