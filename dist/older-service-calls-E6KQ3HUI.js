import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import "./chunk-3GWIPJWJ.js";
import {
  CacheReadDeniedMessagePrefix,
  DefaultRetryAttempts,
  DefaultRetryDelay,
  getCacheServiceURL,
  getCacheVersion,
  getRuntimeToken,
  getUserAgentString
} from "./chunk-D6K6POLU.js";
import {
  oneHop
} from "./chunk-DFUUDE2K.js";
import {
  isDebug,
  quiet
} from "./chunk-XSFUKVPV.js";
import {
  BearerCredentialHandler,
  setSecret
} from "./chunk-SDDE2WD2.js";
import {
  HttpClient,
  HttpClientError,
  HttpCodes
} from "./chunk-QWCBFTQ4.js";
import {
  PullError
} from "./chunk-P27XCGGL.js";
import "./chunk-VA35IVHB.js";

// src/store/older-service-calls.ts
import { Readable } from "node:stream";

// node_modules/@actions/cache/lib/internal/requestUtils.js
var __awaiter = function(thisArg, _arguments, P, generator) {
  function adopt(value) {
    return value instanceof P ? value : new P(function(resolve) {
      resolve(value);
    });
  }
  return new (P || (P = Promise))(function(resolve, reject) {
    function fulfilled(value) {
      try {
        step(generator.next(value));
      } catch (e) {
        reject(e);
      }
    }
    function rejected(value) {
      try {
        step(generator["throw"](value));
      } catch (e) {
        reject(e);
      }
    }
    function step(result) {
      result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected);
    }
    step((generator = generator.apply(thisArg, _arguments || [])).next());
  });
};
function isSuccessStatusCode(statusCode) {
  if (!statusCode) {
    return false;
  }
  return statusCode >= 200 && statusCode < 300;
}
function isServerErrorStatusCode(statusCode) {
  if (!statusCode) {
    return true;
  }
  return statusCode >= 500;
}
function isRetryableStatusCode(statusCode) {
  if (!statusCode) {
    return false;
  }
  const retryableStatusCodes = [
    HttpCodes.BadGateway,
    HttpCodes.ServiceUnavailable,
    HttpCodes.GatewayTimeout
  ];
  return retryableStatusCodes.includes(statusCode);
}
function sleep(milliseconds) {
  return __awaiter(this, void 0, void 0, function* () {
    return new Promise((resolve) => setTimeout(resolve, milliseconds));
  });
}
function retry(name_1, method_1, getStatusCode_1) {
  return __awaiter(this, arguments, void 0, function* (name, method, getStatusCode, maxAttempts = DefaultRetryAttempts, delay = DefaultRetryDelay, onError = void 0) {
    let errorMessage = "";
    let attempt = 1;
    while (attempt <= maxAttempts) {
      let response = void 0;
      let statusCode = void 0;
      let isRetryable = false;
      try {
        response = yield method();
      } catch (error) {
        if (onError) {
          response = onError(error);
        }
        isRetryable = true;
        errorMessage = error.message;
      }
      if (response) {
        statusCode = getStatusCode(response);
        if (!isServerErrorStatusCode(statusCode)) {
          return response;
        }
      }
      if (statusCode) {
        isRetryable = isRetryableStatusCode(statusCode);
        errorMessage = `Cache service responded with ${statusCode}`;
      }
      quiet(`${name} - Attempt ${attempt} of ${maxAttempts} failed with error: ${errorMessage}`);
      if (!isRetryable) {
        quiet(`${name} - Error is not retryable`);
        break;
      }
      yield sleep(delay);
      attempt++;
    }
    throw Error(`${name} failed: ${errorMessage}`);
  });
}
function retryTypedResponse(name_1, method_1) {
  return __awaiter(this, arguments, void 0, function* (name, method, maxAttempts = DefaultRetryAttempts, delay = DefaultRetryDelay) {
    return yield retry(
      name,
      method,
      (response) => response.statusCode,
      maxAttempts,
      delay,
      // If the error object contains the statusCode property, extract it and return
      // an TypedResponse<T> so it can be processed by the retry logic.
      (error) => {
        if (error instanceof HttpClientError) {
          return {
            statusCode: error.statusCode,
            result: null,
            headers: {},
            error
          };
        } else {
          return void 0;
        }
      }
    );
  });
}
function retryHttpClientResponse(name_1, method_1) {
  return __awaiter(this, arguments, void 0, function* (name, method, maxAttempts = DefaultRetryAttempts, delay = DefaultRetryDelay) {
    return yield retry(name, method, (response) => response.message.statusCode, maxAttempts, delay);
  });
}

// node_modules/@actions/cache/lib/internal/cacheHttpClient.js
var __awaiter2 = function(thisArg, _arguments, P, generator) {
  function adopt(value) {
    return value instanceof P ? value : new P(function(resolve) {
      resolve(value);
    });
  }
  return new (P || (P = Promise))(function(resolve, reject) {
    function fulfilled(value) {
      try {
        step(generator.next(value));
      } catch (e) {
        reject(e);
      }
    }
    function rejected(value) {
      try {
        step(generator["throw"](value));
      } catch (e) {
        reject(e);
      }
    }
    function step(result) {
      result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected);
    }
    step((generator = generator.apply(thisArg, _arguments || [])).next());
  });
};
function getCacheApiUrl(resource) {
  const baseUrl = getCacheServiceURL();
  if (!baseUrl) {
    throw new Error("Cache Service Url not found, unable to restore cache.");
  }
  const url = `${baseUrl}_apis/artifactcache/${resource}`;
  quiet(`Resource Url: ${url}`);
  return url;
}
function createAcceptHeader(type, apiVersion) {
  return `${type};api-version=${apiVersion}`;
}
function getRequestOptions() {
  const requestOptions = {
    headers: {
      Accept: createAcceptHeader("application/json", "6.0-preview.1")
    }
  };
  return requestOptions;
}
function createHttpClient() {
  const token = process.env["ACTIONS_RUNTIME_TOKEN"] || "";
  const bearerCredentialHandler = new BearerCredentialHandler(token);
  return new HttpClient(getUserAgentString(), [bearerCredentialHandler], getRequestOptions());
}
function getCacheEntry(keys, paths, options) {
  return __awaiter2(this, void 0, void 0, function* () {
    var _a;
    const httpClient = createHttpClient();
    const version = getCacheVersion(paths, options === null || options === void 0 ? void 0 : options.compressionMethod, options === null || options === void 0 ? void 0 : options.enableCrossOsArchive);
    const resource = `cache?keys=${encodeURIComponent(keys.join(","))}&version=${version}`;
    const response = yield retryTypedResponse("getCacheEntry", () => __awaiter2(this, void 0, void 0, function* () {
      return httpClient.getJson(getCacheApiUrl(resource));
    }));
    if (response.statusCode === 204) {
      if (isDebug()) {
        yield printCachesListForDiagnostics(keys[0], httpClient, version);
      }
      return null;
    }
    if (!isSuccessStatusCode(response.statusCode)) {
      const errorMessage = (_a = response.error) === null || _a === void 0 ? void 0 : _a.message;
      if (errorMessage === null || errorMessage === void 0 ? void 0 : errorMessage.includes(CacheReadDeniedMessagePrefix)) {
        throw new Error(errorMessage);
      }
      throw new Error(`Cache service responded with ${response.statusCode}`);
    }
    const cacheResult = response.result;
    const cacheDownloadUrl = cacheResult === null || cacheResult === void 0 ? void 0 : cacheResult.archiveLocation;
    if (!cacheDownloadUrl) {
      throw new Error("Cache not found.");
    }
    setSecret(cacheDownloadUrl);
    quiet(`Cache Result:`);
    quiet(JSON.stringify(cacheResult));
    return cacheResult;
  });
}
function printCachesListForDiagnostics(key, httpClient, version) {
  return __awaiter2(this, void 0, void 0, function* () {
    const resource = `caches?key=${encodeURIComponent(key)}`;
    const response = yield retryTypedResponse("listCache", () => __awaiter2(this, void 0, void 0, function* () {
      return httpClient.getJson(getCacheApiUrl(resource));
    }));
    if (response.statusCode === 200) {
      const cacheListResult = response.result;
      const totalCount = cacheListResult === null || cacheListResult === void 0 ? void 0 : cacheListResult.totalCount;
      if (totalCount && totalCount > 0) {
        quiet(`No matching cache found for cache key '${key}', version '${version} and scope ${process.env["GITHUB_REF"]}. There exist one or more cache(s) with similar key but they have different version or scope. See more info on cache matching here: https://docs.github.com/en/actions/using-workflows/caching-dependencies-to-speed-up-workflows#matching-a-cache-key 
Other caches with similar key:`);
        for (const cacheEntry of (cacheListResult === null || cacheListResult === void 0 ? void 0 : cacheListResult.artifactCaches) || []) {
          quiet(`Cache Key: ${cacheEntry === null || cacheEntry === void 0 ? void 0 : cacheEntry.cacheKey}, Cache Version: ${cacheEntry === null || cacheEntry === void 0 ? void 0 : cacheEntry.cacheVersion}, Cache Scope: ${cacheEntry === null || cacheEntry === void 0 ? void 0 : cacheEntry.scope}, Cache Created: ${cacheEntry === null || cacheEntry === void 0 ? void 0 : cacheEntry.creationTime}`);
        }
      }
    }
  });
}
function reserveCache(key, paths, options) {
  return __awaiter2(this, void 0, void 0, function* () {
    const httpClient = createHttpClient();
    const version = getCacheVersion(paths, options === null || options === void 0 ? void 0 : options.compressionMethod, options === null || options === void 0 ? void 0 : options.enableCrossOsArchive);
    const reserveCacheRequest = {
      key,
      version,
      cacheSize: options === null || options === void 0 ? void 0 : options.cacheSize
    };
    const response = yield retryTypedResponse("reserveCache", () => __awaiter2(this, void 0, void 0, function* () {
      return httpClient.postJson(getCacheApiUrl("caches"), reserveCacheRequest);
    }));
    return response;
  });
}

// src/store/chunks.ts
var CHUNK_BYTES = 32 * 1024 * 1024;
async function* chunksOf(slices, chunkBytes = CHUNK_BYTES) {
  let start = 0;
  let size = 0;
  let parts = [];
  for await (const slice of slices) {
    for (let at = 0; at < slice.length; ) {
      const part = slice.subarray(at, at + chunkBytes - size);
      parts.push(part);
      at += part.length;
      size += part.length;
      if (size < chunkBytes) continue;
      yield { start, size, parts };
      start += size;
      size = 0;
      parts = [];
    }
  }
  if (size > 0) yield { start, size, parts };
}

// src/store/older-service-calls.ts
var PATHS = ["registry-pull: bytes as they are"];
var EVERY_SYSTEM = { enableCrossOsArchive: true };
var ATTEMPTS = 2;
var RETRY_DELAY_MS = 500;
var ACCEPT = "application/json;api-version=6.0-preview.1";
var OlderServiceCalls = class {
  // The package tries twice, and waits for five seconds after each failed try.
  deadlineMs = 15e3;
  async find(key) {
    const entry = await getCacheEntry([key], PATHS, EVERY_SYSTEM);
    const found = entry?.cacheKey?.toLowerCase();
    return found === key.toLowerCase() ? entry?.archiveLocation : void 0;
  }
  async reserve(key, size) {
    const answer = await reserveCache(key, PATHS, { ...EVERY_SYSTEM, cacheSize: size });
    const { statusCode, result, error } = answer;
    const id = result?.cacheId;
    if (id !== void 0 && Number.isSafeInteger(id)) return new Entry(id);
    if (statusCode === 409) return void 0;
    const found = `${responded(statusCode)}: ${error?.message ?? "no entry"}`;
    const next = "lower cache-max-size";
    if (statusCode === 400) throw new PullError("too-large", found, { next });
    throw new Error(found);
  }
};
var Entry = class {
  #path;
  constructor(id) {
    this.#path = `_apis/artifactcache/caches/${id}`;
  }
  /** One chunk at a time: four entries are saved at once, and a chunk is held until it is sent. */
  async send({ slices }, signal) {
    for await (const chunk of chunksOf(slices)) {
      const content = () => Readable.from(chunk.parts);
      await this.#request("PATCH", content, headersOf(chunk), signal);
    }
  }
  async complete(size, signal) {
    const headers = { "content-type": "application/json" };
    await this.#request("POST", () => JSON.stringify({ size }), headers, signal);
    return true;
  }
  /** Sends a request without redirects, so that the token goes to this server only. */
  async #request(method, content, headers, signal) {
    const url = `${getCacheServiceURL()}${this.#path}`;
    const authorization = `Bearer ${getRuntimeToken()}`;
    const allHeaders = { ...headers, accept: ACCEPT, authorization };
    const client = oneHop({ signal });
    try {
      const what = `${method} to the cache service`;
      const send = async () => client.request(method, url, content(), allHeaders);
      const answer = await retryHttpClientResponse(what, send, ATTEMPTS, RETRY_DELAY_MS);
      const { statusCode = 0 } = answer.message;
      if (statusCode < 200 || statusCode > 299) throw new Error(responded(statusCode));
    } finally {
      client.dispose();
    }
  }
};
function headersOf({ start, size }) {
  const last = start + size - 1;
  return {
    "content-type": "application/octet-stream",
    "content-range": `bytes ${start}-${last}/*`
  };
}
function responded(status) {
  return `the cache service responded with ${status}`;
}
export {
  OlderServiceCalls
};
