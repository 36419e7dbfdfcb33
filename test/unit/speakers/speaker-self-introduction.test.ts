import { describe, expect, it } from 'vitest';
import { findIntroducedName } from '../../../src/speakers/self-introduction.ts';

describe('an introduction of oneself', () => {
  it.each([
    ['I am Anna.', 'Anna'],
    ["Hi, I'm Bob from accounting.", 'Bob'],
    ['Good morning everyone, I’m Mary-Jane and I run the kitchen.', 'Mary-Jane'],
    ["Yes. I'm Sean O'Brien, nice to meet you.", "Sean O'Brien"],
    ['My name is José.', 'José'],
    ['my name is Grace Hopper and I write compilers', 'Grace Hopper'],
    ["Well, my name's Li and I am new here.", 'Li'],
    ['Hello, this is Peter calling about the invoice.', 'Peter'],
    ['I am Dr. Watson.', 'Watson'],
    ['Please call me Ishmael.', 'Ishmael'],
    ['Guten Tag, ich heiße Jürgen.', 'Jürgen'],
    ['Mein Name ist Anna Schmidt.', 'Anna Schmidt'],
    ["Bonjour, je m'appelle Amélie.", 'Amélie'],
    ['Je suis Marie.', 'Marie'],
    ['Hola, me llamo Íñigo Montoya.', 'Íñigo Montoya'],
    ['Mi nombre es Lucía, encantada.', 'Lucía'],
    ['Soy Carlos.', 'Carlos'],
    ['Mi chiamo Giulia.', 'Giulia'],
    ['Olá, o meu nome é João.', 'João'],
    ['Ik heet Joost.', 'Joost'],
    ['Jag heter Åsa.', 'Åsa'],
    ['Cześć, nazywam się Łukasz.', 'Łukasz'],
    ['Привет, меня зовут Ольга.', 'Ольга'],
    ['Мене звати Тарас.', 'Тарас'],
    ['Γεια, με λένε Ελένη.', 'Ελένη'],
    ['Merhaba, benim adım Ayşe.', 'Ayşe'],
    ['大家好，我叫王小明。', '王小明'],
    ['私の名前は田中です。', '田中'],
    ['はじめまして、田中と申します。', '田中'],
    ['안녕하세요, 제 이름은 김민수입니다.', '김민수'],
    ['मेरा नाम राहुल है', 'राहुल'],
    ['مرحبا، اسمي خالد', 'خالد'],
    ['שלום, קוראים לי יעל.', 'יעל'],
  ])('%s', (text, name) => {
    expect(findIntroducedName(text)).toBe(name);
  });

  it.each([
    'I am tired.',
    "I'm sorry, I'm late.",
    'I am German.',
    "I'm Going to the shop.",
    "I'm OK.",
    'I am free on Monday. I am away in May.',
    'I am Not sure about that.',
    'I think I am Anna sometimes.',
    'Do you know who I am? Anna knows.',
    'He said I am Bob to everybody.',
    "I'm Chicago based.",
    'I AM ANNA.',
    'His name is Bob.',
    'The name is Anna.',
    'My name is not important.',
    'My name is on the list.',
    'Call me tomorrow. Call me Monday.',
    'This is Anna.',
    'i am anna',
    'I am A.',
    'Anna is here.',
    'Ich bin Lehrer. Ich bin müde.',
    'Je suis fatigué. Je suis Français.',
    'Soy de Madrid. Soy médico.',
    '我是老师。我叫他来。',
    '',
  ])('none: %s', (text) => {
    expect(findIntroducedName(text)).toBeUndefined();
  });

  it('takes no time over long text', () => {
    const long = `${"Hi, I'm A and ".repeat(5_000)}I'm Anna.`;
    expect(findIntroducedName(long)).toBe('Anna');
    expect(findIntroducedName(`${'My name is '.repeat(10_000)}x`)).toBeUndefined();
    expect(findIntroducedName('I am '.repeat(10_000))).toBeUndefined();
  });
});
