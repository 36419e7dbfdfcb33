export interface OnboardingQuestion {
  category: 'age' | 'location' | 'work' | 'long_term_goal' | 'monthly_goals' | 'daily_plans';
  text: string;
}

/** What a new user is asked, in this order; each is to be answered in a sentence or two. */
export const ONBOARDING_QUESTIONS: readonly OnboardingQuestion[] = [
  { category: 'age', text: 'Let us begin with something easy: how old are you?' },
  { category: 'location', text: 'Where in the world do you live?' },
  { category: 'work', text: 'What do you do for work, or what do you study?' },
  { category: 'long_term_goal', text: 'What would you like to achieve in the next few years?' },
  { category: 'monthly_goals', text: 'What do you want to get done this month?' },
  { category: 'daily_plans', text: 'What have you planned for today?' },
];

/** The label of the voice that asks. */
export const INTERVIEWER = 'SPEAKER_99';
