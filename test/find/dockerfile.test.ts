import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { dockerfileReferences } from "../../src/find/dockerfile.ts";
import { assertFinds, found } from "../support/marked.ts";

type Rows = Readonly<Record<string, string>>;

const BASE_IMAGES: Rows = {
  "takes a base image": "FROM ⟦alpine:3.20⟧\n",
  "takes every stage of a Go build": [
    "FROM --platform=$BUILDPLATFORM ⟦golang:1.22⟧ AS build",
    "WORKDIR /src",
    "RUN CGO_ENABLED=0 go build -o /app .",
    "FROM ⟦gcr.io/distroless/static-debian12:nonroot⟧",
    "COPY --from=build /app /app",
  ].join("\n"),
  "takes every stage of a Node build": [
    "FROM ⟦node:20-alpine⟧ AS deps",
    "FROM deps AS build",
    "FROM ⟦nginx:1.27⟧",
    "COPY --chown=nginx --from=build /dist /usr/share/nginx/html",
  ].join("\n"),
  "takes a port and a digest": `FROM ⟦registry:5000/x@sha256:${"a".repeat(64)}⟧`,
  "takes keywords in lower case and blanks of all kinds": "\t from\t ⟦alpine⟧ \t as  x ",
  "takes a reference in quotes without them": "FROM \"⟦alpine:3.20⟧\" AS a\nFROM '⟦busybox⟧'",
  "takes an image on the next line":
    "FROM \\\n  # base\n\n  --platform=linux/amd64 \\\n  ⟦alpine⟧ AS x",
  "takes CRLF and a byte order mark":
    "\uFEFFFROM ⟦alpine:3.20⟧ \\\r\n AS x\r\nFROM x\r\nFROM ⟦b⟧\r\n",
  "skips scratch and earlier stages, in any case": "FROM scratch AS A\nFROM a\nFROM A",
  "takes an image with the name of its own stage": "FROM ⟦x⟧ AS x\nFROM x",
  "takes an image with the name of a later stage": "FROM ⟦b⟧ AS a\nFROM ⟦c⟧ AS b\nFROM b",
  "lists a template as unknown": "FROM ⟪{{ .Image }}⟫ AS x\nFROM ⟪alpine:{{ tag }}⟫",
  "skips ONBUILD FROM and ONBUILD ONBUILD": "ONBUILD FROM x\nONBUILD ONBUILD COPY --from=x a b",
  "takes nothing from an instruction without arguments": "FROM\nARG\nCOPY\nRUN\nONBUILD\nFROM   ",
};

const VARIABLES: Rows = {
  "replaces the variables of earlier ARGs":
    "ARG V=3.20\nFROM ⟦alpine:$V⟧\nFROM ⟦alpine:${V}-x⟧ AS y",
  "replaces variables in the defaults of others": 'ARG A=1\nARG B=$A.2 C="a ${A}"\nFROM ⟦x:$B⟧',
  "keeps a default when it is declared again": "ARG A=1\nARG A\nFROM ⟦x:$A⟧",
  "takes nothing for a stage or for scratch":
    "ARG A=b C\nFROM ⟦x⟧ AS b\nFROM $A\nFROM ${C:-scratch}",
  "lists a variable without a value": "ARG A\nFROM ⟪alpine:$A⟫\nFROM ⟪$B⟫\nFROM ⟦x${A:-}⟧",
  "lists what an empty value leaves incomplete": "ARG A=\nFROM ⟪alpine:$A⟫\nFROM ⟪$A/x⟫\nFROM ⟪$A⟫",
  "takes what an empty value leaves whole": "ARG A=\nFROM ⟦${A}alpine⟧",
  "lists the variables of the platform": "FROM ⟪alpine-$TARGETARCH⟫\nFROM ⟪x:${BUILDOS:-linux}⟫",
  "takes an ARG of that name over the platform": "ARG TARGETOS=linux\nFROM ⟦x:$TARGETOS⟧",
  "ignores ENV, and ARG in a stage": "ENV A=1\nFROM ⟦x⟧\nARG B=1\nFROM ⟪y:$A⟫\nFROM ⟪y:$B⟫",
  "expands no variable in COPY or in a mount": [
    "ARG A=x",
    "FROM ⟦a⟧",
    "COPY --from=⟪$A⟫ a b",
    "RUN --mount=from=⟪${A}⟫ x",
  ].join("\n"),
};

const SOURCES: Rows = {
  "takes the source of a COPY between other flags":
    'COPY --link --from=⟦nginx:1⟧ --chown=1:1 /a /b\nCOPY --from="⟦busybox⟧" a b',
  "takes the source of a COPY in ONBUILD": "onbuild COPY --from=⟦nginx⟧ /a /b",
  "skips stages by name and by number, and scratch":
    "FROM ⟦x⟧ AS One\nCOPY --from=one a b\nCOPY --from=0 a b\nCOPY --from=scratch a b",
  "skips what is no flag":
    "COPY a --from=x b\nCOPY a--b --from=x c\nADD --from=x a b\nRUN echo --from=x",
  "takes the sources of several mounts": [
    "RUN --mount=type=cache,target=/root/.cache \\",
    "    # --mount=from=no",
    "    --mount=type=bind,from=⟦ghcr.io/a/b:1⟧,source=/x,target=/y --mount=FROM=⟦c⟧ \\",
    '\t--mount="target=/z,from=⟦d⟧" --network=none make --mount=from=no',
  ].join("\n"),
  "skips the stages of mounts":
    "FROM ⟦x⟧ AS b\nRUN --mount=type=bind,from=b,target=/t --mount=from= x",
};

const LINES: Rows = {
  "skips here-documents": "RUN <<EOF\nFROM no\nEOF\nFROM ⟦y⟧",
  "skips several here-documents with quotes and tabs":
    'COPY <<A <<-"B" /x\nFROM no\nB\nA\nFROM no\n\tB\nFROM ⟦y⟧',
  "skips a here-document with a blank or a descriptor":
    "RUN cat << A 3<<'B'\nFROM no\nA\nFROM no\nB\nFROM ⟦y⟧",
  "skips a here-document after mounts, in ONBUILD, and with CRLF":
    "RUN --mount=from=⟦m⟧ <<E\r\nFROM no\r\nE\r\nonbuild run <<E\r\nFROM no\r\nE\r\nFROM ⟦y⟧",
  "sees no here-document in arithmetic": "RUN echo $((1<<2))\nFROM ⟦y⟧\n2))\n",
  "sees no here-document in a here-string": "RUN cat <<<EOF\nFROM ⟦y⟧\nEOF\n",
  "sees no here-document in quotes": "RUN sh -c 'cat <<EOF > x' \"a <<EOF\"\nFROM ⟦y⟧\nEOF\n",
  "sees no here-document in JSON": 'RUN ["sh", "-c", "cat <<EOF"]\nFROM ⟦y⟧\nEOF"]\n',
  "sees no here-document in a comment": "RUN a \\\n# <<EOF\n b\nFROM ⟦y⟧\nEOF\n",
  "sees no here-document in other instructions": "LABEL a=b <<EOF\nFROM ⟦y⟧\nEOF\n",
  "sees no here-document without an end": "RUN cat <<EOF > a \\\n\\\nEOF\nFROM ⟦y⟧\n",
  "skips comments and continued lines":
    "# FROM no\nRUN a \\\n  # b\n\n  FROM no\n  # FROM no\nFROM ⟦y⟧",
  "ends a line at two escape characters": "RUN dir C:\\\\\nFROM ⟦y⟧",
  "continues a line at an escape character and blanks": "RUN a \\ \t\nFROM no\nFROM ⟦y⟧",
  "takes a word across lines": "FROM ⟦alp\\\nine⟧\n",
};

const DIRECTIVES: Rows = {
  "takes the frontend": "# syntax=⟦docker/dockerfile:1-labs⟧\nFROM ⟦x⟧",
  "takes the frontend in any case and spacing": "#SynTax \t= ⟦docker/dockerfile⟧ trailing\r\n",
  "takes the frontend after other directives": "# check=skip=all\n# escape=`\n# syntax=⟦d/f⟧\n",
  "takes the frontend after a shebang": "#!/usr/bin/env build\n# syntax=⟦d/f⟧\n",
  "takes the frontend of a file in another language": "#!/x\n// syntax=⟦d/f⟧\n",
  "skips directives after anything else":
    "# a\n# syntax=no\n\n# syntax=no\nFROM ⟦x⟧\n# syntax=no\n",
  "skips an unknown directive, a second one, and an empty one":
    "# syntax=⟦d/f⟧\n# syntax=no\n# escape=`\nRUN a \\\nFROM no",
  "takes the escape character of a Windows image": [
    "# escape=`",
    "FROM ⟦mcr.microsoft.com/windows/servercore:ltsc2022⟧ AS x",
    "COPY a C:\\",
    "RUN a `",
    "FROM no",
    "FROM ⟦y⟧ `",
    "  AS z",
  ].join("\r\n"),
  "skips an escape directive after a comment": "# a\n# escape=`\nRUN a \\\nFROM no\nFROM ⟦x⟧",
};

describe("findInDockerfile", () => {
  for (const rows of [BASE_IMAGES, VARIABLES, SOURCES, LINES, DIRECTIVES]) {
    for (const [what, text] of Object.entries(rows)) {
      it(what, () => assertFinds("Dockerfile", text));
    }
  }

  it("gives a reference with variables its value and no pin", () => {
    const text = "ARG R=ghcr.io/\nARG V\nFROM ${R}org/app:${V:-1} AS x\n";
    const { references } = found("Dockerfile", text);
    assert.deepEqual(
      references.map(({ reference, pin }) => ({ reference, pin })),
      [{ reference: "ghcr.io/org/app:1", pin: undefined }],
    );
  });

  it("pins a reference behind its last character, but none with quotes or lines inside", () => {
    const text = 'FROM "alpine:1"\nFROM a\\\nb\nCOPY --from="size"nginx /a /b\n';
    const { references } = found("Dockerfile", text);
    assert.deepEqual(
      references.map(({ reference, pin }) => [reference, pin?.start, pin?.before]),
      [
        ["alpine:1", 14, "@"],
        ["ab", undefined, undefined],
        ["sizenginx", undefined, undefined],
      ],
    );
  });

  const PLATFORMS: Readonly<Record<string, string | undefined>> = {
    "FROM --platform=linux/arm64 x": "linux/arm64",
    'FROM --platform="linux/arm/v7" x': "linux/arm/v7",
    "FROM --platform=$BUILDPLATFORM x": undefined,
    "FROM --platform=${P:-linux/amd64} x": undefined,
    "FROM --platform= x": undefined,
    "FROM x": undefined,
    "FROM --platform=any x": "any",
    "FROM --platform=arm64 x": "linux/arm64",
    "FROM --platform=linux x": undefined,
    "# syntax=x": undefined,
    "COPY --from=x a b": undefined,
  };
  for (const [line, platform] of Object.entries(PLATFORMS)) {
    it(`takes the platform ${platform ?? "of the job"} from ${line}`, () => {
      const { references } = found("Dockerfile", `${line}\n`);
      assert.deepEqual(
        references.map((reference) => reference.platform),
        [platform],
      );
    });
  }

  it("needs no platform for a frontend only", () => {
    const { references } = found("Dockerfile", "# syntax=x\nFROM --platform=any y\n");
    const needs = references.map(({ needsNoPlatform }) => needsNoPlatform);
    assert.deepEqual(needs, [true, undefined]);
  });

  it("says why a source that is a later stage is unknown", () => {
    const text = "FROM a\nCOPY --from=b /c /d\nRUN --mount=from=B e\nFROM f AS b\n";
    const { references, unknown } = found("Dockerfile", text);
    assert.deepEqual(
      references.map(({ reference }) => reference),
      ["a", "f"],
    );
    const why = "a later stage has this name, which the builder refuses";
    assert.deepEqual(
      unknown.map(({ text: written, why: reason }) => [written, reason]),
      [
        ["b", why],
        ["B", why],
      ],
    );
  });

  it("takes the image of a FROM whose name a later stage has", () => {
    assertFinds("Dockerfile", "FROM ⟦b⟧\nFROM ⟦a⟧ AS b\nCOPY --from=b /c /d\n");
  });

  it("never fails, and gives the text of each reference that can be pinned", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.constantFrom(...ATOMS), fc.string())), (atoms) => {
        const text = atoms.join("");
        const bytes = Buffer.from(text);
        for (const { reference, place, pin } of found("Dockerfile", text).references) {
          const written = bytes.subarray(place.start, place.end).toString();
          if (pin === undefined || /[\\"'`]/.test(written)) continue;
          assert.equal(written, reference);
        }
      }),
    );
  });
});

const ATOMS = [
  ..."\n\n \t\"'`\\$#{}é",
  ...[
    "\r\n",
    " \\\n",
    "# escape=`\n",
    "# syntax=a\n",
    "FROM ",
    "ARG A=",
    "COPY --from=",
    "ONBUILD ",
  ],
  ...[
    "RUN --mount=from=",
    "RUN ",
    " AS ",
    "<<E",
    "E\n",
    "${A:-",
    "$A",
    "alpine",
    ":3.20",
    "--platform=",
  ],
];

describe("dockerfileReferences", () => {
  it("counts from the start of its text, without a file around it", () => {
    const expansion = { value: "a" };
    assert.deepEqual(dockerfileReferences("FROM a\n"), [
      { start: 5, end: 6, value: "a", expansion, platform: undefined },
    ]);
  });

  const LARGE: Readonly<Record<string, string>> = {
    "continued lines": `RUN a${" \\\n b".repeat(25_000)}`,
    "ARGs that refer to each other": `ARG A=x\n${"ARG A=$A$A\n".repeat(25_000)}FROM $A`,
    stages: "FROM a\n#\nCOPY --from=b c d\n".repeat(10_000),
    flags: `RUN${" --mount=from=a".repeat(18_000)} x`,
    "here-documents without an end": "RUN <<E\n".repeat(25_000),
    "nested variables": `FROM ${"${A:-".repeat(50_000)}`,
  };
  for (const [what, text] of Object.entries(LARGE)) {
    it(`reads a large file of ${what} in linear time`, () => {
      const before = process.cpuUsage();
      dockerfileReferences(text);
      const { user } = process.cpuUsage(before);
      // Ten times what it needs. In quadratic time, it would need more.
      assert.ok(user < 5_000_000, `it took ${user} µs`);
    });
  }
});
