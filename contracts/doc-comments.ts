// The comments that stand before the fields of a schema in lib/core: they are the descriptions of its JSON Schema, so that
// nothing is described twice.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  type Comment,
  type Expression,
  type ObjectExpression,
  type Program,
  parseSync,
  type SpreadElement,
} from 'oxc-parser';

export interface Docs {
  readonly text: string | undefined;
  readonly fields: ReadonlyMap<string, Docs>;
  /** Of a union, in its order. */
  readonly options: readonly Docs[];
}

const NONE: Docs = { text: undefined, fields: new Map(), options: [] };

/** @param name of a constant that holds a schema, or the entries of one */
export function docsOf(file: string, name: string): Docs {
  return new Source(file).constant(name);
}

class Source {
  readonly #file: string;
  readonly #code: string;
  readonly #program: Program;
  readonly #comments: readonly Comment[];

  constructor(file: string) {
    this.#file = file;
    this.#code = readFileSync(file, 'utf8');
    const { program, comments } = parseSync(file, this.#code);
    this.#program = program;
    this.#comments = comments.filter(({ type, value }) => type === 'Block' && value.startsWith('*'));
  }

  constant(name: string): Docs {
    for (const statement of this.#program.body) {
      if (statement.type === 'ImportDeclaration' && statement.specifiers.some(({ local }) => local.name === name)) {
        return this.#imported(statement.source.value, name);
      }
      const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
      if (declaration?.type !== 'VariableDeclaration') continue;
      const found = declaration.declarations.find(({ id }) => id.type === 'Identifier' && id.name === name);
      // What stands before the constant is about the schema, and not about each field that has it.
      if (found?.init) return this.#expression(found.init);
    }
    return NONE;
  }

  #imported(from: string, name: string): Docs {
    return from.startsWith('.') ? docsOf(join(dirname(this.#file), from), name) : NONE;
  }

  #expression(node: Expression | SpreadElement): Docs {
    switch (node.type) {
      case 'Identifier':
        return this.constant(node.name);
      case 'ObjectExpression':
        return { ...NONE, fields: this.#fields(node) };
      case 'ArrayExpression':
        return { ...NONE, options: node.elements.flatMap((element) => (element ? this.#option(element) : [])) };
      case 'CallExpression':
        return node.arguments.map((argument) => this.#expression(argument)).find(isSaying) ?? NONE;
      default:
        return NONE;
    }
  }

  #fields(node: ObjectExpression): ReadonlyMap<string, Docs> {
    const fields = new Map<string, Docs>();
    for (const property of node.properties) {
      if (property.type === 'SpreadElement') {
        for (const [name, docs] of this.#expression(property.argument).fields) fields.set(name, docs);
      } else if (property.key.type === 'Identifier') {
        const docs = this.#expression(property.value);
        fields.set(property.key.name, { ...docs, text: this.#before(property.start) });
      }
    }
    return fields;
  }

  /** An option of a union; `...Other.options` stands for those of another one. */
  #option(element: Expression | SpreadElement): readonly Docs[] {
    if (element.type !== 'SpreadElement') {
      const docs = this.#expression(element);
      return [{ ...docs, text: this.#before(element.start) }];
    }
    return element.argument.type === 'MemberExpression' ? this.#expression(element.argument.object).options : [];
  }

  /** The comment with nothing but white space between it and what it is about. */
  #before(start: number): string | undefined {
    const comment = this.#comments.findLast(({ end }) => end <= start && this.#code.slice(end, start).trim() === '');
    return comment?.value
      .split('\n')
      .map((line) => line.replace(/^\s*\*+/, '').trim())
      .filter((line) => line !== '')
      .join(' ');
  }
}

function isSaying({ fields, options }: Docs): boolean {
  return fields.size > 0 || options.length > 0;
}
