import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  SourceText,
  Workspace
} from "./chunk-JQQE4KBM.js";
import "./chunk-XSFUKVPV.js";
import "./chunk-SDDE2WD2.js";
import {
  fileProblem,
  lockKey
} from "./chunk-VZIZUKS2.js";
import {
  dayOf,
  isDay
} from "./chunk-COR7NI3P.js";
import {
  resolveImage
} from "./chunk-GN7N3NJW.js";
import "./chunk-NW7VBWHV.js";
import "./chunk-RKAU76CV.js";
import {
  totalSize
} from "./chunk-GBVRIMHB.js";
import {
  blobsOf,
  digestOfImage,
  failsStep,
  problemsOf,
  shownImage,
  statusOf
} from "./chunk-EA2R6EQY.js";
import "./chunk-UFHSAQ23.js";
import "./chunk-QWCBFTQ4.js";
import "./chunk-LFD2NK2P.js";
import {
  formatReference,
  parseReference
} from "./chunk-UMCD7WYT.js";
import {
  asPlatform,
  formatPlatform,
  parsePlatform,
  satisfies
} from "./chunk-GHKMTOL7.js";
import "./chunk-MUYIHUB2.js";
import {
  parseDigest
} from "./chunk-V4QGKLYV.js";
import {
  excerpt
} from "./chunk-DGCL3OSD.js";
import {
  PullError
} from "./chunk-P27XCGGL.js";
import "./chunk-VA35IVHB.js";

// node_modules/jsonc-parser/lib/esm/impl/scanner.js
function createScanner(text, ignoreTrivia = false) {
  const len = text.length;
  let pos = 0, value = "", tokenOffset = 0, token = 16, lineNumber = 0, lineStartOffset = 0, tokenLineStartOffset = 0, prevTokenLineStartOffset = 0, scanError = 0;
  function scanHexDigits(count, exact) {
    let digits = 0;
    let value2 = 0;
    while (digits < count || !exact) {
      let ch = text.charCodeAt(pos);
      if (ch >= 48 && ch <= 57) {
        value2 = value2 * 16 + ch - 48;
      } else if (ch >= 65 && ch <= 70) {
        value2 = value2 * 16 + ch - 65 + 10;
      } else if (ch >= 97 && ch <= 102) {
        value2 = value2 * 16 + ch - 97 + 10;
      } else {
        break;
      }
      pos++;
      digits++;
    }
    if (digits < count) {
      value2 = -1;
    }
    return value2;
  }
  function setPosition(newPosition) {
    pos = newPosition;
    value = "";
    tokenOffset = 0;
    token = 16;
    scanError = 0;
  }
  function scanNumber() {
    let start = pos;
    if (text.charCodeAt(pos) === 48) {
      pos++;
    } else {
      pos++;
      while (pos < text.length && isDigit(text.charCodeAt(pos))) {
        pos++;
      }
    }
    if (pos < text.length && text.charCodeAt(pos) === 46) {
      pos++;
      if (pos < text.length && isDigit(text.charCodeAt(pos))) {
        pos++;
        while (pos < text.length && isDigit(text.charCodeAt(pos))) {
          pos++;
        }
      } else {
        scanError = 3;
        return text.substring(start, pos);
      }
    }
    let end = pos;
    if (pos < text.length && (text.charCodeAt(pos) === 69 || text.charCodeAt(pos) === 101)) {
      pos++;
      if (pos < text.length && text.charCodeAt(pos) === 43 || text.charCodeAt(pos) === 45) {
        pos++;
      }
      if (pos < text.length && isDigit(text.charCodeAt(pos))) {
        pos++;
        while (pos < text.length && isDigit(text.charCodeAt(pos))) {
          pos++;
        }
        end = pos;
      } else {
        scanError = 3;
      }
    }
    return text.substring(start, end);
  }
  function scanString() {
    let result = "", start = pos;
    while (true) {
      if (pos >= len) {
        result += text.substring(start, pos);
        scanError = 2;
        break;
      }
      const ch = text.charCodeAt(pos);
      if (ch === 34) {
        result += text.substring(start, pos);
        pos++;
        break;
      }
      if (ch === 92) {
        result += text.substring(start, pos);
        pos++;
        if (pos >= len) {
          scanError = 2;
          break;
        }
        const ch2 = text.charCodeAt(pos++);
        switch (ch2) {
          case 34:
            result += '"';
            break;
          case 92:
            result += "\\";
            break;
          case 47:
            result += "/";
            break;
          case 98:
            result += "\b";
            break;
          case 102:
            result += "\f";
            break;
          case 110:
            result += "\n";
            break;
          case 114:
            result += "\r";
            break;
          case 116:
            result += "	";
            break;
          case 117:
            const ch3 = scanHexDigits(4, true);
            if (ch3 >= 0) {
              result += String.fromCharCode(ch3);
            } else {
              scanError = 4;
            }
            break;
          default:
            scanError = 5;
        }
        start = pos;
        continue;
      }
      if (ch >= 0 && ch <= 31) {
        if (isLineBreak(ch)) {
          result += text.substring(start, pos);
          scanError = 2;
          break;
        } else {
          scanError = 6;
        }
      }
      pos++;
    }
    return result;
  }
  function scanNext() {
    value = "";
    scanError = 0;
    tokenOffset = pos;
    lineStartOffset = lineNumber;
    prevTokenLineStartOffset = tokenLineStartOffset;
    if (pos >= len) {
      tokenOffset = len;
      return token = 17;
    }
    let code = text.charCodeAt(pos);
    if (isWhiteSpace(code)) {
      do {
        pos++;
        value += String.fromCharCode(code);
        code = text.charCodeAt(pos);
      } while (isWhiteSpace(code));
      return token = 15;
    }
    if (isLineBreak(code)) {
      pos++;
      value += String.fromCharCode(code);
      if (code === 13 && text.charCodeAt(pos) === 10) {
        pos++;
        value += "\n";
      }
      lineNumber++;
      tokenLineStartOffset = pos;
      return token = 14;
    }
    switch (code) {
      // tokens: []{}:,
      case 123:
        pos++;
        return token = 1;
      case 125:
        pos++;
        return token = 2;
      case 91:
        pos++;
        return token = 3;
      case 93:
        pos++;
        return token = 4;
      case 58:
        pos++;
        return token = 6;
      case 44:
        pos++;
        return token = 5;
      // strings
      case 34:
        pos++;
        value = scanString();
        return token = 10;
      // comments
      case 47:
        const start = pos - 1;
        if (text.charCodeAt(pos + 1) === 47) {
          pos += 2;
          while (pos < len) {
            if (isLineBreak(text.charCodeAt(pos))) {
              break;
            }
            pos++;
          }
          value = text.substring(start, pos);
          return token = 12;
        }
        if (text.charCodeAt(pos + 1) === 42) {
          pos += 2;
          const safeLength = len - 1;
          let commentClosed = false;
          while (pos < safeLength) {
            const ch = text.charCodeAt(pos);
            if (ch === 42 && text.charCodeAt(pos + 1) === 47) {
              pos += 2;
              commentClosed = true;
              break;
            }
            pos++;
            if (isLineBreak(ch)) {
              if (ch === 13 && text.charCodeAt(pos) === 10) {
                pos++;
              }
              lineNumber++;
              tokenLineStartOffset = pos;
            }
          }
          if (!commentClosed) {
            pos++;
            scanError = 1;
          }
          value = text.substring(start, pos);
          return token = 13;
        }
        value += String.fromCharCode(code);
        pos++;
        return token = 16;
      // numbers
      case 45:
        value += String.fromCharCode(code);
        pos++;
        if (pos === len || !isDigit(text.charCodeAt(pos))) {
          return token = 16;
        }
      // found a minus, followed by a number so
      // we fall through to proceed with scanning
      // numbers
      case 48:
      case 49:
      case 50:
      case 51:
      case 52:
      case 53:
      case 54:
      case 55:
      case 56:
      case 57:
        value += scanNumber();
        return token = 11;
      // literals and unknown symbols
      default:
        while (pos < len && isUnknownContentCharacter(code)) {
          pos++;
          code = text.charCodeAt(pos);
        }
        if (tokenOffset !== pos) {
          value = text.substring(tokenOffset, pos);
          switch (value) {
            case "true":
              return token = 8;
            case "false":
              return token = 9;
            case "null":
              return token = 7;
          }
          return token = 16;
        }
        value += String.fromCharCode(code);
        pos++;
        return token = 16;
    }
  }
  function isUnknownContentCharacter(code) {
    if (isWhiteSpace(code) || isLineBreak(code)) {
      return false;
    }
    switch (code) {
      case 125:
      case 93:
      case 123:
      case 91:
      case 34:
      case 58:
      case 44:
      case 47:
        return false;
    }
    return true;
  }
  function scanNextNonTrivia() {
    let result;
    do {
      result = scanNext();
    } while (result >= 12 && result <= 15);
    return result;
  }
  return {
    setPosition,
    getPosition: () => pos,
    scan: ignoreTrivia ? scanNextNonTrivia : scanNext,
    getToken: () => token,
    getTokenValue: () => value,
    getTokenOffset: () => tokenOffset,
    getTokenLength: () => pos - tokenOffset,
    getTokenStartLine: () => lineStartOffset,
    getTokenStartCharacter: () => tokenOffset - prevTokenLineStartOffset,
    getTokenError: () => scanError
  };
}
function isWhiteSpace(ch) {
  return ch === 32 || ch === 9;
}
function isLineBreak(ch) {
  return ch === 10 || ch === 13;
}
function isDigit(ch) {
  return ch >= 48 && ch <= 57;
}
var CharacterCodes;
(function(CharacterCodes2) {
  CharacterCodes2[CharacterCodes2["lineFeed"] = 10] = "lineFeed";
  CharacterCodes2[CharacterCodes2["carriageReturn"] = 13] = "carriageReturn";
  CharacterCodes2[CharacterCodes2["space"] = 32] = "space";
  CharacterCodes2[CharacterCodes2["_0"] = 48] = "_0";
  CharacterCodes2[CharacterCodes2["_1"] = 49] = "_1";
  CharacterCodes2[CharacterCodes2["_2"] = 50] = "_2";
  CharacterCodes2[CharacterCodes2["_3"] = 51] = "_3";
  CharacterCodes2[CharacterCodes2["_4"] = 52] = "_4";
  CharacterCodes2[CharacterCodes2["_5"] = 53] = "_5";
  CharacterCodes2[CharacterCodes2["_6"] = 54] = "_6";
  CharacterCodes2[CharacterCodes2["_7"] = 55] = "_7";
  CharacterCodes2[CharacterCodes2["_8"] = 56] = "_8";
  CharacterCodes2[CharacterCodes2["_9"] = 57] = "_9";
  CharacterCodes2[CharacterCodes2["a"] = 97] = "a";
  CharacterCodes2[CharacterCodes2["b"] = 98] = "b";
  CharacterCodes2[CharacterCodes2["c"] = 99] = "c";
  CharacterCodes2[CharacterCodes2["d"] = 100] = "d";
  CharacterCodes2[CharacterCodes2["e"] = 101] = "e";
  CharacterCodes2[CharacterCodes2["f"] = 102] = "f";
  CharacterCodes2[CharacterCodes2["g"] = 103] = "g";
  CharacterCodes2[CharacterCodes2["h"] = 104] = "h";
  CharacterCodes2[CharacterCodes2["i"] = 105] = "i";
  CharacterCodes2[CharacterCodes2["j"] = 106] = "j";
  CharacterCodes2[CharacterCodes2["k"] = 107] = "k";
  CharacterCodes2[CharacterCodes2["l"] = 108] = "l";
  CharacterCodes2[CharacterCodes2["m"] = 109] = "m";
  CharacterCodes2[CharacterCodes2["n"] = 110] = "n";
  CharacterCodes2[CharacterCodes2["o"] = 111] = "o";
  CharacterCodes2[CharacterCodes2["p"] = 112] = "p";
  CharacterCodes2[CharacterCodes2["q"] = 113] = "q";
  CharacterCodes2[CharacterCodes2["r"] = 114] = "r";
  CharacterCodes2[CharacterCodes2["s"] = 115] = "s";
  CharacterCodes2[CharacterCodes2["t"] = 116] = "t";
  CharacterCodes2[CharacterCodes2["u"] = 117] = "u";
  CharacterCodes2[CharacterCodes2["v"] = 118] = "v";
  CharacterCodes2[CharacterCodes2["w"] = 119] = "w";
  CharacterCodes2[CharacterCodes2["x"] = 120] = "x";
  CharacterCodes2[CharacterCodes2["y"] = 121] = "y";
  CharacterCodes2[CharacterCodes2["z"] = 122] = "z";
  CharacterCodes2[CharacterCodes2["A"] = 65] = "A";
  CharacterCodes2[CharacterCodes2["B"] = 66] = "B";
  CharacterCodes2[CharacterCodes2["C"] = 67] = "C";
  CharacterCodes2[CharacterCodes2["D"] = 68] = "D";
  CharacterCodes2[CharacterCodes2["E"] = 69] = "E";
  CharacterCodes2[CharacterCodes2["F"] = 70] = "F";
  CharacterCodes2[CharacterCodes2["G"] = 71] = "G";
  CharacterCodes2[CharacterCodes2["H"] = 72] = "H";
  CharacterCodes2[CharacterCodes2["I"] = 73] = "I";
  CharacterCodes2[CharacterCodes2["J"] = 74] = "J";
  CharacterCodes2[CharacterCodes2["K"] = 75] = "K";
  CharacterCodes2[CharacterCodes2["L"] = 76] = "L";
  CharacterCodes2[CharacterCodes2["M"] = 77] = "M";
  CharacterCodes2[CharacterCodes2["N"] = 78] = "N";
  CharacterCodes2[CharacterCodes2["O"] = 79] = "O";
  CharacterCodes2[CharacterCodes2["P"] = 80] = "P";
  CharacterCodes2[CharacterCodes2["Q"] = 81] = "Q";
  CharacterCodes2[CharacterCodes2["R"] = 82] = "R";
  CharacterCodes2[CharacterCodes2["S"] = 83] = "S";
  CharacterCodes2[CharacterCodes2["T"] = 84] = "T";
  CharacterCodes2[CharacterCodes2["U"] = 85] = "U";
  CharacterCodes2[CharacterCodes2["V"] = 86] = "V";
  CharacterCodes2[CharacterCodes2["W"] = 87] = "W";
  CharacterCodes2[CharacterCodes2["X"] = 88] = "X";
  CharacterCodes2[CharacterCodes2["Y"] = 89] = "Y";
  CharacterCodes2[CharacterCodes2["Z"] = 90] = "Z";
  CharacterCodes2[CharacterCodes2["asterisk"] = 42] = "asterisk";
  CharacterCodes2[CharacterCodes2["backslash"] = 92] = "backslash";
  CharacterCodes2[CharacterCodes2["closeBrace"] = 125] = "closeBrace";
  CharacterCodes2[CharacterCodes2["closeBracket"] = 93] = "closeBracket";
  CharacterCodes2[CharacterCodes2["colon"] = 58] = "colon";
  CharacterCodes2[CharacterCodes2["comma"] = 44] = "comma";
  CharacterCodes2[CharacterCodes2["dot"] = 46] = "dot";
  CharacterCodes2[CharacterCodes2["doubleQuote"] = 34] = "doubleQuote";
  CharacterCodes2[CharacterCodes2["minus"] = 45] = "minus";
  CharacterCodes2[CharacterCodes2["openBrace"] = 123] = "openBrace";
  CharacterCodes2[CharacterCodes2["openBracket"] = 91] = "openBracket";
  CharacterCodes2[CharacterCodes2["plus"] = 43] = "plus";
  CharacterCodes2[CharacterCodes2["slash"] = 47] = "slash";
  CharacterCodes2[CharacterCodes2["formFeed"] = 12] = "formFeed";
  CharacterCodes2[CharacterCodes2["tab"] = 9] = "tab";
})(CharacterCodes || (CharacterCodes = {}));

// node_modules/jsonc-parser/lib/esm/impl/string-intern.js
var cachedSpaces = new Array(20).fill(0).map((_, index) => {
  return " ".repeat(index);
});
var maxCachedValues = 200;
var cachedBreakLinesWithSpaces = {
  " ": {
    "\n": new Array(maxCachedValues).fill(0).map((_, index) => {
      return "\n" + " ".repeat(index);
    }),
    "\r": new Array(maxCachedValues).fill(0).map((_, index) => {
      return "\r" + " ".repeat(index);
    }),
    "\r\n": new Array(maxCachedValues).fill(0).map((_, index) => {
      return "\r\n" + " ".repeat(index);
    })
  },
  "	": {
    "\n": new Array(maxCachedValues).fill(0).map((_, index) => {
      return "\n" + "	".repeat(index);
    }),
    "\r": new Array(maxCachedValues).fill(0).map((_, index) => {
      return "\r" + "	".repeat(index);
    }),
    "\r\n": new Array(maxCachedValues).fill(0).map((_, index) => {
      return "\r\n" + "	".repeat(index);
    })
  }
};

// node_modules/jsonc-parser/lib/esm/impl/parser.js
var ParseOptions;
(function(ParseOptions2) {
  ParseOptions2.DEFAULT = {
    allowTrailingComma: false
  };
})(ParseOptions || (ParseOptions = {}));
function parseTree(text, errors = [], options = ParseOptions.DEFAULT) {
  let currentParent = { type: "array", offset: -1, length: -1, children: [], parent: void 0 };
  function ensurePropertyComplete(endOffset) {
    if (currentParent.type === "property") {
      currentParent.length = endOffset - currentParent.offset;
      currentParent = currentParent.parent;
    }
  }
  function onValue(valueNode) {
    currentParent.children.push(valueNode);
    return valueNode;
  }
  const visitor = {
    onObjectBegin: (offset) => {
      currentParent = onValue({ type: "object", offset, length: -1, parent: currentParent, children: [] });
    },
    onObjectProperty: (name, offset, length) => {
      currentParent = onValue({ type: "property", offset, length: -1, parent: currentParent, children: [] });
      currentParent.children.push({ type: "string", value: name, offset, length, parent: currentParent });
    },
    onObjectEnd: (offset, length) => {
      ensurePropertyComplete(offset + length);
      currentParent.length = offset + length - currentParent.offset;
      currentParent = currentParent.parent;
      ensurePropertyComplete(offset + length);
    },
    onArrayBegin: (offset, length) => {
      currentParent = onValue({ type: "array", offset, length: -1, parent: currentParent, children: [] });
    },
    onArrayEnd: (offset, length) => {
      currentParent.length = offset + length - currentParent.offset;
      currentParent = currentParent.parent;
      ensurePropertyComplete(offset + length);
    },
    onLiteralValue: (value, offset, length) => {
      onValue({ type: getNodeType(value), offset, length, parent: currentParent, value });
      ensurePropertyComplete(offset + length);
    },
    onSeparator: (sep, offset, length) => {
      if (currentParent.type === "property") {
        if (sep === ":") {
          currentParent.colonOffset = offset;
        } else if (sep === ",") {
          ensurePropertyComplete(offset);
        }
      }
    },
    onError: (error, offset, length) => {
      errors.push({ error, offset, length });
    }
  };
  visit(text, visitor, options);
  const result = currentParent.children[0];
  if (result) {
    delete result.parent;
  }
  return result;
}
function visit(text, visitor, options = ParseOptions.DEFAULT) {
  const _scanner = createScanner(text, false);
  const _jsonPath = [];
  let suppressedCallbacks = 0;
  function toNoArgVisit(visitFunction) {
    return visitFunction ? () => suppressedCallbacks === 0 && visitFunction(_scanner.getTokenOffset(), _scanner.getTokenLength(), _scanner.getTokenStartLine(), _scanner.getTokenStartCharacter()) : () => true;
  }
  function toOneArgVisit(visitFunction) {
    return visitFunction ? (arg) => suppressedCallbacks === 0 && visitFunction(arg, _scanner.getTokenOffset(), _scanner.getTokenLength(), _scanner.getTokenStartLine(), _scanner.getTokenStartCharacter()) : () => true;
  }
  function toOneArgVisitWithPath(visitFunction) {
    return visitFunction ? (arg) => suppressedCallbacks === 0 && visitFunction(arg, _scanner.getTokenOffset(), _scanner.getTokenLength(), _scanner.getTokenStartLine(), _scanner.getTokenStartCharacter(), () => _jsonPath.slice()) : () => true;
  }
  function toBeginVisit(visitFunction) {
    return visitFunction ? () => {
      if (suppressedCallbacks > 0) {
        suppressedCallbacks++;
      } else {
        let cbReturn = visitFunction(_scanner.getTokenOffset(), _scanner.getTokenLength(), _scanner.getTokenStartLine(), _scanner.getTokenStartCharacter(), () => _jsonPath.slice());
        if (cbReturn === false) {
          suppressedCallbacks = 1;
        }
      }
    } : () => true;
  }
  function toEndVisit(visitFunction) {
    return visitFunction ? () => {
      if (suppressedCallbacks > 0) {
        suppressedCallbacks--;
      }
      if (suppressedCallbacks === 0) {
        visitFunction(_scanner.getTokenOffset(), _scanner.getTokenLength(), _scanner.getTokenStartLine(), _scanner.getTokenStartCharacter());
      }
    } : () => true;
  }
  const onObjectBegin = toBeginVisit(visitor.onObjectBegin), onObjectProperty = toOneArgVisitWithPath(visitor.onObjectProperty), onObjectEnd = toEndVisit(visitor.onObjectEnd), onArrayBegin = toBeginVisit(visitor.onArrayBegin), onArrayEnd = toEndVisit(visitor.onArrayEnd), onLiteralValue = toOneArgVisitWithPath(visitor.onLiteralValue), onSeparator = toOneArgVisit(visitor.onSeparator), onComment = toNoArgVisit(visitor.onComment), onError = toOneArgVisit(visitor.onError);
  const disallowComments = options && options.disallowComments;
  const allowTrailingComma = options && options.allowTrailingComma;
  function scanNext() {
    while (true) {
      const token = _scanner.scan();
      switch (_scanner.getTokenError()) {
        case 4:
          handleError(
            14
            /* ParseErrorCode.InvalidUnicode */
          );
          break;
        case 5:
          handleError(
            15
            /* ParseErrorCode.InvalidEscapeCharacter */
          );
          break;
        case 3:
          handleError(
            13
            /* ParseErrorCode.UnexpectedEndOfNumber */
          );
          break;
        case 1:
          if (!disallowComments) {
            handleError(
              11
              /* ParseErrorCode.UnexpectedEndOfComment */
            );
          }
          break;
        case 2:
          handleError(
            12
            /* ParseErrorCode.UnexpectedEndOfString */
          );
          break;
        case 6:
          handleError(
            16
            /* ParseErrorCode.InvalidCharacter */
          );
          break;
      }
      switch (token) {
        case 12:
        case 13:
          if (disallowComments) {
            handleError(
              10
              /* ParseErrorCode.InvalidCommentToken */
            );
          } else {
            onComment();
          }
          break;
        case 16:
          handleError(
            1
            /* ParseErrorCode.InvalidSymbol */
          );
          break;
        case 15:
        case 14:
          break;
        default:
          return token;
      }
    }
  }
  function handleError(error, skipUntilAfter = [], skipUntil = []) {
    onError(error);
    if (skipUntilAfter.length + skipUntil.length > 0) {
      let token = _scanner.getToken();
      while (token !== 17) {
        if (skipUntilAfter.indexOf(token) !== -1) {
          scanNext();
          break;
        } else if (skipUntil.indexOf(token) !== -1) {
          break;
        }
        token = scanNext();
      }
    }
  }
  function parseString(isValue) {
    const value = _scanner.getTokenValue();
    if (isValue) {
      onLiteralValue(value);
    } else {
      onObjectProperty(value);
      _jsonPath.push(value);
    }
    scanNext();
    return true;
  }
  function parseLiteral() {
    switch (_scanner.getToken()) {
      case 11:
        const tokenValue = _scanner.getTokenValue();
        let value = Number(tokenValue);
        if (isNaN(value)) {
          handleError(
            2
            /* ParseErrorCode.InvalidNumberFormat */
          );
          value = 0;
        }
        onLiteralValue(value);
        break;
      case 7:
        onLiteralValue(null);
        break;
      case 8:
        onLiteralValue(true);
        break;
      case 9:
        onLiteralValue(false);
        break;
      default:
        return false;
    }
    scanNext();
    return true;
  }
  function parseProperty() {
    if (_scanner.getToken() !== 10) {
      handleError(3, [], [
        2,
        5
        /* SyntaxKind.CommaToken */
      ]);
      return false;
    }
    parseString(false);
    if (_scanner.getToken() === 6) {
      onSeparator(":");
      scanNext();
      if (!parseValue()) {
        handleError(4, [], [
          2,
          5
          /* SyntaxKind.CommaToken */
        ]);
      }
    } else {
      handleError(5, [], [
        2,
        5
        /* SyntaxKind.CommaToken */
      ]);
    }
    _jsonPath.pop();
    return true;
  }
  function parseObject() {
    onObjectBegin();
    scanNext();
    let needsComma = false;
    while (_scanner.getToken() !== 2 && _scanner.getToken() !== 17) {
      if (_scanner.getToken() === 5) {
        if (!needsComma) {
          handleError(4, [], []);
        }
        onSeparator(",");
        scanNext();
        if (_scanner.getToken() === 2 && allowTrailingComma) {
          break;
        }
      } else if (needsComma) {
        handleError(6, [], []);
      }
      if (!parseProperty()) {
        handleError(4, [], [
          2,
          5
          /* SyntaxKind.CommaToken */
        ]);
      }
      needsComma = true;
    }
    onObjectEnd();
    if (_scanner.getToken() !== 2) {
      handleError(7, [
        2
        /* SyntaxKind.CloseBraceToken */
      ], []);
    } else {
      scanNext();
    }
    return true;
  }
  function parseArray() {
    onArrayBegin();
    scanNext();
    let isFirstElement = true;
    let needsComma = false;
    while (_scanner.getToken() !== 4 && _scanner.getToken() !== 17) {
      if (_scanner.getToken() === 5) {
        if (!needsComma) {
          handleError(4, [], []);
        }
        onSeparator(",");
        scanNext();
        if (_scanner.getToken() === 4 && allowTrailingComma) {
          break;
        }
      } else if (needsComma) {
        handleError(6, [], []);
      }
      if (isFirstElement) {
        _jsonPath.push(0);
        isFirstElement = false;
      } else {
        _jsonPath[_jsonPath.length - 1]++;
      }
      if (!parseValue()) {
        handleError(4, [], [
          4,
          5
          /* SyntaxKind.CommaToken */
        ]);
      }
      needsComma = true;
    }
    onArrayEnd();
    if (!isFirstElement) {
      _jsonPath.pop();
    }
    if (_scanner.getToken() !== 4) {
      handleError(8, [
        4
        /* SyntaxKind.CloseBracketToken */
      ], []);
    } else {
      scanNext();
    }
    return true;
  }
  function parseValue() {
    switch (_scanner.getToken()) {
      case 3:
        return parseArray();
      case 1:
        return parseObject();
      case 10:
        return parseString(true);
      default:
        return parseLiteral();
    }
  }
  scanNext();
  if (_scanner.getToken() === 17) {
    if (options.allowEmptyContent) {
      return true;
    }
    handleError(4, [], []);
    return false;
  }
  if (!parseValue()) {
    handleError(4, [], []);
    return false;
  }
  if (_scanner.getToken() !== 17) {
    handleError(9, [], []);
  }
  return true;
}
function getNodeType(value) {
  switch (typeof value) {
    case "boolean":
      return "boolean";
    case "number":
      return "number";
    case "string":
      return "string";
    case "object": {
      if (!value) {
        return "null";
      } else if (Array.isArray(value)) {
        return "array";
      }
      return "object";
    }
    default:
      return "null";
  }
}

// node_modules/jsonc-parser/lib/esm/main.js
var ScanError;
(function(ScanError2) {
  ScanError2[ScanError2["None"] = 0] = "None";
  ScanError2[ScanError2["UnexpectedEndOfComment"] = 1] = "UnexpectedEndOfComment";
  ScanError2[ScanError2["UnexpectedEndOfString"] = 2] = "UnexpectedEndOfString";
  ScanError2[ScanError2["UnexpectedEndOfNumber"] = 3] = "UnexpectedEndOfNumber";
  ScanError2[ScanError2["InvalidUnicode"] = 4] = "InvalidUnicode";
  ScanError2[ScanError2["InvalidEscapeCharacter"] = 5] = "InvalidEscapeCharacter";
  ScanError2[ScanError2["InvalidCharacter"] = 6] = "InvalidCharacter";
})(ScanError || (ScanError = {}));
var SyntaxKind;
(function(SyntaxKind2) {
  SyntaxKind2[SyntaxKind2["OpenBraceToken"] = 1] = "OpenBraceToken";
  SyntaxKind2[SyntaxKind2["CloseBraceToken"] = 2] = "CloseBraceToken";
  SyntaxKind2[SyntaxKind2["OpenBracketToken"] = 3] = "OpenBracketToken";
  SyntaxKind2[SyntaxKind2["CloseBracketToken"] = 4] = "CloseBracketToken";
  SyntaxKind2[SyntaxKind2["CommaToken"] = 5] = "CommaToken";
  SyntaxKind2[SyntaxKind2["ColonToken"] = 6] = "ColonToken";
  SyntaxKind2[SyntaxKind2["NullKeyword"] = 7] = "NullKeyword";
  SyntaxKind2[SyntaxKind2["TrueKeyword"] = 8] = "TrueKeyword";
  SyntaxKind2[SyntaxKind2["FalseKeyword"] = 9] = "FalseKeyword";
  SyntaxKind2[SyntaxKind2["StringLiteral"] = 10] = "StringLiteral";
  SyntaxKind2[SyntaxKind2["NumericLiteral"] = 11] = "NumericLiteral";
  SyntaxKind2[SyntaxKind2["LineCommentTrivia"] = 12] = "LineCommentTrivia";
  SyntaxKind2[SyntaxKind2["BlockCommentTrivia"] = 13] = "BlockCommentTrivia";
  SyntaxKind2[SyntaxKind2["LineBreakTrivia"] = 14] = "LineBreakTrivia";
  SyntaxKind2[SyntaxKind2["Trivia"] = 15] = "Trivia";
  SyntaxKind2[SyntaxKind2["Unknown"] = 16] = "Unknown";
  SyntaxKind2[SyntaxKind2["EOF"] = 17] = "EOF";
})(SyntaxKind || (SyntaxKind = {}));
var parseTree2 = parseTree;
var visit2 = visit;
var ParseErrorCode;
(function(ParseErrorCode2) {
  ParseErrorCode2[ParseErrorCode2["InvalidSymbol"] = 1] = "InvalidSymbol";
  ParseErrorCode2[ParseErrorCode2["InvalidNumberFormat"] = 2] = "InvalidNumberFormat";
  ParseErrorCode2[ParseErrorCode2["PropertyNameExpected"] = 3] = "PropertyNameExpected";
  ParseErrorCode2[ParseErrorCode2["ValueExpected"] = 4] = "ValueExpected";
  ParseErrorCode2[ParseErrorCode2["ColonExpected"] = 5] = "ColonExpected";
  ParseErrorCode2[ParseErrorCode2["CommaExpected"] = 6] = "CommaExpected";
  ParseErrorCode2[ParseErrorCode2["CloseBraceExpected"] = 7] = "CloseBraceExpected";
  ParseErrorCode2[ParseErrorCode2["CloseBracketExpected"] = 8] = "CloseBracketExpected";
  ParseErrorCode2[ParseErrorCode2["EndOfFileExpected"] = 9] = "EndOfFileExpected";
  ParseErrorCode2[ParseErrorCode2["InvalidCommentToken"] = 10] = "InvalidCommentToken";
  ParseErrorCode2[ParseErrorCode2["UnexpectedEndOfComment"] = 11] = "UnexpectedEndOfComment";
  ParseErrorCode2[ParseErrorCode2["UnexpectedEndOfString"] = 12] = "UnexpectedEndOfString";
  ParseErrorCode2[ParseErrorCode2["UnexpectedEndOfNumber"] = 13] = "UnexpectedEndOfNumber";
  ParseErrorCode2[ParseErrorCode2["InvalidUnicode"] = 14] = "InvalidUnicode";
  ParseErrorCode2[ParseErrorCode2["InvalidEscapeCharacter"] = 15] = "InvalidEscapeCharacter";
  ParseErrorCode2[ParseErrorCode2["InvalidCharacter"] = 16] = "InvalidCharacter";
})(ParseErrorCode || (ParseErrorCode = {}));
function printParseErrorCode(code) {
  switch (code) {
    case 1:
      return "InvalidSymbol";
    case 2:
      return "InvalidNumberFormat";
    case 3:
      return "PropertyNameExpected";
    case 4:
      return "ValueExpected";
    case 5:
      return "ColonExpected";
    case 6:
      return "CommaExpected";
    case 7:
      return "CloseBraceExpected";
    case 8:
      return "CloseBracketExpected";
    case 9:
      return "EndOfFileExpected";
    case 10:
      return "InvalidCommentToken";
    case 11:
      return "UnexpectedEndOfComment";
    case 12:
      return "UnexpectedEndOfString";
    case 13:
      return "UnexpectedEndOfNumber";
    case 14:
      return "InvalidUnicode";
    case 15:
      return "InvalidEscapeCharacter";
    case 16:
      return "InvalidCharacter";
  }
  return "<unknown ParseErrorCode>";
}

// src/runner/json-tree.ts
function parseJsonTree(text) {
  const fault = firstFault(text);
  if (fault !== void 0) return { fault };
  const root = parseTree2(text);
  if (root === void 0) return { fault: { start: 0, end: 0, message: "it is empty" } };
  return { root: nodeOf(root) };
}
var Stop = class extends Error {
  fault;
  constructor(message, start, length) {
    super(message);
    this.fault = { start, end: start + length, message };
  }
};
function firstFault(text) {
  try {
    stopAtFault(text);
    return void 0;
  } catch (error) {
    if (error instanceof Stop) return error.fault;
    throw error;
  }
}
var DEPTH_LIMIT = 32;
function stopAtFault(text) {
  let depth = 0;
  const enter = (offset) => {
    depth++;
    if (depth > DEPTH_LIMIT) throw new Stop("it is nested too deeply", offset, 1);
  };
  const leave = () => {
    depth--;
  };
  const visitor = {
    onObjectBegin: enter,
    onObjectEnd: leave,
    onArrayBegin: enter,
    onArrayEnd: leave,
    onError: (code, offset, length) => {
      throw new Stop(wordsOf(code, text.slice(offset, offset + length)), offset, length);
    }
  };
  visit2(text, visitor, { disallowComments: true });
}
var FAULTS = /* @__PURE__ */ new Map([
  ["PropertyNameExpected", "expected a key in double quotes"],
  ["ValueExpected", "expected a value"],
  ["ColonExpected", "expected a colon"],
  ["CommaExpected", "expected a comma"],
  ["CloseBraceExpected", "expected a closing brace"],
  ["CloseBracketExpected", "expected a closing bracket"],
  ["EndOfFileExpected", "expected the end of the file"],
  ["InvalidCommentToken", "expected no comment"],
  ["UnexpectedEndOfString", "expected a closing quote on the same line"]
]);
function wordsOf(code, found) {
  const expected = FAULTS.get(printParseErrorCode(code)) ?? "expected JSON";
  const got = found === "" ? "the end of the file" : JSON.stringify(found.slice(0, 40));
  return `${expected}, got ${got}`;
}
var KINDS = {
  object: "an object",
  array: "a list",
  property: "a member",
  string: "a string",
  number: "a number",
  boolean: "a boolean",
  null: "null"
};
function nodeOf({ type, offset, length, value, children = [] }) {
  return {
    start: offset,
    end: offset + length,
    members: type === "object" ? children.flatMap(memberOf) : void 0,
    value,
    kind: KINDS[type]
  };
}
function memberOf({ children = [] }) {
  const [key, value] = children;
  if (key === void 0 || value === void 0) return [];
  const { offset, length } = key;
  return [
    { key: { start: offset, end: offset + length, text: String(key.value) }, value: nodeOf(value) }
  ];
}

// src/runner/lock-mistakes.ts
var MISTAKE_LIMIT = 10;
var BY_HAND = "correct it, or delete what is wrong and run the step with lock: update";
var LockMistakes = class {
  /** The text of the file without a byte order mark. */
  text;
  #file;
  #source;
  #found = [];
  constructor(text, file) {
    this.#source = new SourceText(text);
    this.text = this.#source.text;
    this.#file = file;
  }
  /** The mistakes from top to bottom. */
  get found() {
    return this.#found.toSorted((one, other) => one.location.line - other.location.line);
  }
  /** Adds a mistake: what was expected and found, and what to do next. */
  add({ start, end }, found, next = BY_HAND) {
    if (this.#found.length >= MISTAKE_LIMIT) return;
    const { line, column, endColumn } = this.#source.place(start, end);
    const location = { file: this.#file, line, column, endColumn };
    this.#found.push({ location, error: new PullError("wrong-file", found, { next }) });
  }
  /** What `read` returns; undefined when it fails, which becomes a mistake. */
  attempt(span, read) {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof PullError)) throw error;
      this.add(span, error.found);
      return void 0;
    }
  }
  /** The members of an object, each key once; none when the value is no object. */
  members({ members, kind, ...span }, what) {
    if (members === void 0) this.add(span, `${what}: expected an object, got ${kind}`);
    const keys = /* @__PURE__ */ new Set();
    const distinct = [];
    for (const member of members ?? []) {
      const { text } = member.key;
      if (keys.has(text)) this.#addDuplicate(member, what);
      else distinct.push(member);
      keys.add(text);
    }
    return distinct;
  }
  #addDuplicate({ key }, what) {
    const found = `${what}: the key ${quoted(key.text)} is there twice`;
    this.add(key, found, "delete one of the two");
  }
  /** The values of an object that has these keys and no other, by key. */
  fields(node, what, keys) {
    const { required, optional = [] } = keys;
    const known = [...required, ...optional];
    const fields = /* @__PURE__ */ new Map();
    for (const { key, value } of this.members(node, what)) {
      if (known.includes(key.text)) fields.set(key.text, value);
      else this.#addUnknown(key, what, known);
    }
    const missing = required.filter((key) => !fields.has(key));
    if (node.members !== void 0 && missing.length > 0) this.#addMissing(node, what, missing);
    return fields;
  }
  #addUnknown(key, what, known) {
    const found = `${what}: expected the keys ${known.join(", ")}, got ${quoted(key.text)}`;
    this.add(key, found, "correct the key or delete it");
  }
  #addMissing({ start }, what, missing) {
    const brace = { start, end: start + 1 };
    const names = missing.map((key) => `no ${key}`);
    this.add(brace, `${what}: expected ${missing.join(", ")}, got ${names.join(", ")}`);
  }
  /** The string in a field; undefined for anything else, and for a field that is missing. */
  string(node, what) {
    if (node === void 0) return void 0;
    if (typeof node.value === "string") return node.value;
    this.add(node, `${what}: expected a string, got ${node.kind}`);
    return void 0;
  }
};
function quoted(text) {
  return JSON.stringify(excerpt(text));
}

// src/runner/lock-file.ts
var SCHEMA = "https://raw.githubusercontent.com/org/registry-pull/v1/images.lock.schema.json";
var VERSION = 1;
function printLock(lock) {
  const entries = sorted(lock).map(([reference, locked]) => [reference, entryOf(locked)]);
  const file = { $schema: SCHEMA, version: VERSION, images: Object.fromEntries(entries) };
  const text = JSON.stringify(file, void 0, 2);
  return `${text.replaceAll('      "platforms": {}', '      "platforms": {\n      }')}
`;
}
function entryOf({ digest, day, platforms }) {
  return { digest, locked: day, platforms: Object.fromEntries(sorted(platforms)) };
}
function sorted(map) {
  return [...map].toSorted(([one], [other]) => one < other ? -1 : 1);
}
function parseLock(text, file) {
  const mistakes = new LockMistakes(text, file);
  const lock = readText(mistakes);
  const { found } = mistakes;
  return found.length === 0 ? { lock } : { mistakes: found };
}
function readText(mistakes) {
  const markers = [...mistakes.text.matchAll(MARKER)];
  for (const { 0: marker, index } of markers) addMarker(mistakes, marker, index);
  if (markers.length > 0) return /* @__PURE__ */ new Map();
  const parsed = parseJsonTree(mistakes.text);
  if ("root" in parsed) return readFile(parsed.root, mistakes);
  const { fault } = parsed;
  const next = "correct the JSON, which has no comments and no comma before a closing brace";
  mistakes.add(fault, `the file is not JSON: ${fault.message}`, next);
  return /* @__PURE__ */ new Map();
}
var MARKER = /(?<![^\n])(?:<{7}|\|{7}|={7}|>{7})/g;
function addMarker(mistakes, marker, start) {
  const span = { start, end: start + marker.length };
  const found = `expected no merge conflict, got the marker ${marker}`;
  const next = "take one side of each conflict, and run the step with lock: update";
  mistakes.add(span, found, next);
}
function readFile(root, mistakes) {
  if (root.members !== void 0 && !hasVersion(root, mistakes)) return /* @__PURE__ */ new Map();
  const keys = { required: ["version", "images"], optional: ["$schema"] };
  const fields = mistakes.fields(root, "lock file", keys);
  mistakes.string(fields.get("$schema"), "$schema");
  const images = fields.get("images");
  const members = images === void 0 ? [] : mistakes.members(images, "images");
  return new Map(members.flatMap((member) => readEntry(member, mistakes)));
}
function hasVersion(root, mistakes) {
  const node = root.members?.find(({ key }) => key.text === "version")?.value;
  const version = node?.value;
  if (version === VERSION) return true;
  const got = typeof version === "number" ? version : node?.kind ?? "nothing";
  const isNewer = Number.isInteger(version) && Number(version) > VERSION;
  const next = isNewer ? `use a release of this action that knows version ${got}` : `write "version": ${VERSION}`;
  const brace = { start: root.start, end: root.start + 1 };
  mistakes.add(node ?? brace, `version: expected the number ${VERSION}, got ${got}`, next);
  return false;
}
function readEntry({ key, value }, mistakes) {
  checkReference(key, mistakes);
  const required = ["digest", "locked", "platforms"];
  const fields = mistakes.fields(value, excerpt(key.text), { required });
  const digest = readDigest(fields.get("digest"), mistakes);
  const day = readDay(fields.get("locked"), mistakes);
  const platforms = readPlatforms(fields.get("platforms"), mistakes);
  if (digest === void 0 || day === void 0) return [];
  return [[key.text, { digest, day, platforms }]];
}
function checkReference(key, mistakes) {
  const { text } = key;
  const reference = mistakes.attempt(key, () => parseReference(text));
  if (reference === void 0) return;
  const full = formatReference(reference);
  if (reference.digest !== void 0) {
    const found = `expected a reference without a digest, got ${quoted(text)}`;
    mistakes.add(key, found, "delete the entry: a reference with a digest needs none");
  } else if (full !== text) {
    const found = `expected the full form of a reference, got ${quoted(text)}`;
    mistakes.add(key, found, `write ${full}`);
  }
}
function readDigest(node, mistakes) {
  const text = mistakes.string(node, "digest");
  if (node === void 0 || text === void 0) return void 0;
  return mistakes.attempt(node, () => parseDigest(text));
}
function readDay(node, mistakes) {
  const text = mistakes.string(node, "locked");
  if (node === void 0 || text === void 0 || isDay(text)) return text;
  mistakes.add(node, `locked: expected a day like 2026-11-21, got ${quoted(text)}`);
  return void 0;
}
function readPlatforms(node, mistakes) {
  const platforms = /* @__PURE__ */ new Map();
  const members = node === void 0 ? [] : mistakes.members(node, "platforms");
  for (const { key, value } of members) {
    checkPlatform(key, mistakes);
    const digest = readDigest(value, mistakes);
    if (digest !== void 0) platforms.set(key.text, digest);
  }
  return platforms;
}
function checkPlatform(key, mistakes) {
  const platform = mistakes.attempt(key, () => parsePlatform(key.text));
  if (platform === void 0) return;
  const normal = formatPlatform(platform);
  if (normal === key.text) return;
  const found = `expected the normal form of a platform, got ${quoted(key.text)}`;
  mistakes.add(key, found, `write ${normal}`);
}

// src/runner/lock-update.ts
function updatedLock(before, images, { day, prunes }) {
  const lockable = images.filter(({ wanted }) => wanted.lock !== void 0);
  const named = new Set(lockable.flatMap(({ wanted }) => namesOf(wanted)));
  const kept = [...before].filter(([reference]) => !prunes || named.has(reference));
  const lock = new Map(kept);
  for (const image of lockable) {
    const digest = digestOfImage(image);
    if (digest === void 0 || !mayLock(image)) continue;
    const reference = lockKey(image.wanted.reference);
    lock.set(reference, entryOf2(image, digest, lock.get(reference), day));
  }
  return lock;
}
function mayLock(image) {
  const { pin: _, ...found } = image;
  const { problem, wanted } = found;
  if (statusOf(found) === "ok") return true;
  return problem === void 0 && !wanted.optional && !failsStep(found, true);
}
function namesOf({ reference, otherwise }) {
  const forms = otherwise === void 0 ? [reference] : [reference, otherwise.reference];
  return forms.map(lockKey);
}
function entryOf2(image, digest, before, day) {
  const isSame = before?.digest === digest;
  const platforms = new Map(isSame ? before.platforms : []);
  for (const { platform, digest: manifest, required, reason } of image.platforms) {
    const isWanted = reason === "" && (required || hasLike(before, platform));
    if (isWanted && manifest !== void 0 && isPlain(platform)) platforms.set(platform, manifest);
  }
  const isUnchanged = isSame && sameMap(before.platforms, platforms);
  return isUnchanged ? before : { digest, platforms, day };
}
function hasLike(entry, text) {
  const platform = asPlatform(text);
  if (entry === void 0 || platform === void 0) return false;
  return [...entry.platforms.keys()].some((name) => {
    const locked = asPlatform(name);
    return locked !== void 0 && satisfies(locked, platform);
  });
}
function isPlain(text) {
  const platform = asPlatform(text);
  return platform !== void 0 && formatPlatform(platform) === text;
}
function sameMap(one, other) {
  return one.size === other.size && [...one].every(([key, value]) => other.get(key) === value);
}
function changesBetween(old, now, { images, before, runner }) {
  const after = byKey(images);
  const references = /* @__PURE__ */ new Set([...old.keys(), ...now.keys()]);
  const changed = [...references].filter((reference) => old.get(reference) !== now.get(reference));
  return changed.toSorted().map((reference) => {
    const replaced = before.get(reference);
    return {
      reference,
      old: describe(old.get(reference), replaced === void 0 ? [] : [replaced], runner),
      now: describe(now.get(reference), after.get(reference) ?? [], runner)
    };
  });
}
function byKey(images) {
  const named = /* @__PURE__ */ new Map();
  for (const image of images) {
    const key = lockKey(image.wanted.reference);
    named.set(key, [...named.get(key) ?? [], image]);
  }
  return named;
}
function describe(entry, images, runner) {
  if (entry === void 0) return void 0;
  const [shown] = images.flatMap((image) => shownImage(image, runner) ?? []);
  const isRead = images.length > 0 && images.every((image) => blobsOf(image).length > 0);
  return {
    digest: entry.digest,
    platforms: [...entry.platforms.keys()],
    created: shown?.config.created ?? "",
    size: isRead ? totalSize(images) : void 0
  };
}

// src/action/lock.ts
var SIZE_LIMIT = 4 * 2 ** 20;
function openLock({ inputs, machine, workflow }, prunes) {
  const { file, isNamed, mode } = inputs.lock;
  const workspace = new Workspace(machine.workspace);
  const isThere = workspace.has(file);
  if (!isThere && mode === "") {
    if (isNamed) workflow.warn(`${file} does not exist, so nothing is locked; ${MAKE_IT}`);
    return void 0;
  }
  const day = dayOf(new Date(machine.clock.now()).toISOString());
  const used = mode === "" || mode === "none" ? "check" : mode;
  const lock = { file, mode: used, workspace, day, prunes };
  if (isThere) return readLock(lock);
  const problems = used === "update" ? [] : [absent(file, used)];
  return { ...lock, entries: /* @__PURE__ */ new Map(), digest: void 0, problems };
}
var MAKE_IT = "run a step with lock: update, and commit the file";
function absent(file, mode) {
  const found = `lock: ${mode} needs this file, and it does not exist`;
  const error = new PullError("not-locked", found, { next: MAKE_IT });
  return lockProblem(error, file);
}
function readLock(lock) {
  const { file, workspace } = lock;
  try {
    const { text, digest } = workspace.read(file, SIZE_LIMIT);
    const parsed = parseLock(text, file);
    if ("lock" in parsed) return { ...lock, entries: parsed.lock, digest, problems: [] };
    const problems = parsed.mistakes.map(
      ({ error, location }) => fileProblem(error, `${file}:${location.line}`, { optional: false, location })
    );
    return { ...lock, entries: /* @__PURE__ */ new Map(), digest, problems };
  } catch (error) {
    const problems = [lockProblem(error, file)];
    return { ...lock, entries: /* @__PURE__ */ new Map(), digest: void 0, problems };
  }
}
var NAME_ANOTHER = "correct it, or name another file with lock-file";
function lockProblem(error, file) {
  const isWrong = error instanceof PullError && error.reason === "wrong-file";
  const failure = isWrong ? new PullError(error.reason, error.found, { next: NAME_ANOTHER, cause: error }) : error;
  return fileProblem(failure, file, { optional: false });
}
var REPLACED_MS = 3e4;
async function readReplaced(images, source, { inputs, machine }) {
  const replaced = /* @__PURE__ */ new Map();
  const reads = images.map(async (image) => {
    const before = await readBefore(image, source, inputs.plan);
    if (before !== void 0) replaced.set(lockKey(image.wanted.reference), before);
  });
  await limited(Promise.all(reads), machine.clock.after);
  return new Map(replaced);
}
async function readBefore({ wanted, lock }, source, plan) {
  if (lock?.digest === void 0 || lock.tag !== "moved") return void 0;
  const reference = { ...wanted.reference, tag: void 0, digest: lock.digest };
  const { lock: _, base: __, otherwise: ___, ...rest } = wanted;
  const image = await resolveImage(
    source,
    { ...rest, reference },
    { ...plan, verify: "manifest", pullsFor: void 0, checksTags: false }
  );
  return problemsOf(image).length > 0 ? void 0 : image;
}
function limited(work, after) {
  return new Promise((resolve, reject) => {
    const cancel = after(REPLACED_MS, resolve);
    work.then(() => resolve(), reject).finally(cancel);
  });
}
function endLock(lock, { outcome, replaced, isRefused }, { runner }) {
  const { file, mode, entries, problems } = lock;
  const unchanged = { file, mode, isWritten: false, changes: [], problems };
  if (mode !== "update" || isRefused) return unchanged;
  const { images } = outcome;
  const now = updatedLock(entries, images, lock);
  const changes = changesBetween(entries, now, {
    images,
    before: replaced,
    runner
  });
  if (changes.length === 0 && lock.digest !== void 0) return unchanged;
  try {
    const content = Buffer.from(printLock(now));
    expectReadable(content, file);
    lock.workspace.write(file, content, { before: lock.digest, limit: SIZE_LIMIT });
    return { ...unchanged, isWritten: true, changes };
  } catch (error) {
    return { ...unchanged, problems: [lockProblem(error, file)] };
  }
}
function expectReadable({ length }, file) {
  if (length <= SIZE_LIMIT) return;
  const found = `${file} would have ${length} bytes, expected at most ${SIZE_LIMIT}`;
  throw new PullError("too-many", found, { next: "name fewer images in one lock file" });
}
export {
  endLock,
  openLock,
  readReplaced
};
